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
        /// Whether an index finds the rows of a key up to a time.
        package let hasIndex: Bool

        package init(
            view: String, sourceRows: Double, rowsInLongestWindow: Double, searches: Int, features: Int, hasIndex: Bool
        ) {
            self.view = view
            self.sourceRows = sourceRows
            self.rowsInLongestWindow = rowsInLongestWindow
            self.searches = searches
            self.features = features
            self.hasIndex = hasIndex
        }
    }

    package let spineRows: Double
    package let views: [View]

    package init(spineRows: Double, views: [View]) {
        self.spineRows = spineRows
        self.views = views
    }
}
