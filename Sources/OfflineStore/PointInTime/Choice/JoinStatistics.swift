/// What the catalogue knows of a join before it is run. Estimates, as good as the last ANALYZE.
package struct JoinStatistics: Codable, Hashable, Sendable {
    package struct View: Codable, Hashable, Sendable {
        package let view: String
        package let sourceRows: Double
        /// Rows of one key in the view's longest window; 0 without windows.
        package let rowsInLongestWindow: Double
        /// Searches for each point: one for each group of `latest` features, one for all windows.
        package let searches: Int
        package let features: Int
        /// How many of the features have a window.
        package let windowFeatures: Int
        /// Whether an index finds the rows of a key up to a time.
        package let hasIndex: Bool

        package init(
            view: String, sourceRows: Double, rowsInLongestWindow: Double, searches: Int, features: Int, windowFeatures: Int,
            hasIndex: Bool
        ) {
            self.view = view
            self.sourceRows = sourceRows
            self.rowsInLongestWindow = rowsInLongestWindow
            self.searches = searches
            self.features = features
            self.windowFeatures = windowFeatures
            self.hasIndex = hasIndex
        }
    }

    /// What merge reads of a source, once for all views that have it and the same keys.
    package struct Read: Codable, Hashable, Sendable {
        package let source: String
        package let sourceRows: Double
        /// Those of the times that the spine can see.
        package let readRows: Double
        /// Bytes of a row as it is read.
        package let rowBytes: Double

        package init(source: String, sourceRows: Double, readRows: Double, rowBytes: Double) {
            self.source = source
            self.sourceRows = sourceRows
            self.readRows = readRows
            self.rowBytes = rowBytes
        }
    }

    package let spineRows: Double
    package let spineRowBytes: Double
    package let views: [View]
    package let reads: [Read]
    /// What merge may take.
    package let memoryBytes: Double

    package init(spineRows: Double, spineRowBytes: Double, views: [View], reads: [Read], memoryBytes: Double) {
        self.spineRows = spineRows
        self.spineRowBytes = spineRowBytes
        self.views = views
        self.reads = reads
        self.memoryBytes = memoryBytes
    }

    /// Rows that merge reads, of both sides.
    var rowsToRead: Int { Int(min(0x1p62, reads.reduce(spineRows) { $0 + $1.readRows })) }
}
