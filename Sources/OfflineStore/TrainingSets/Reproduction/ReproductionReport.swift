/// Whether a training set could be made again, and what is different when not.
package struct ReproductionReport: Codable, Hashable, Sendable {
    /// A column whose content is another now.
    package struct ColumnChange: Codable, Hashable, Sendable {
        package let column: String
        package let isSpine: Bool
        package let nullsWere: Int
        package let nullsAre: Int
        /// Rows in which the value differs; nil when the first training set's file is gone, so that nobody can say.
        package let rows: Int?
        package let examples: [TrainingSetDifference.Example]
    }

    /// A source in which there are other rows to see as of the same instant.
    package struct SourceChange: Codable, Hashable, Sendable {
        package let source: String
        package let rowsWere: Int
        package let rowsAre: Int
        package let maxAvailableWas: String?
        package let maxAvailableIs: String?
    }

    package let datasetID: String
    package let isReproduced: Bool
    package let contentWas: String
    package let contentIs: String
    package let rowsWere: Int
    package let rowsAre: Int
    /// Whether the file that was made has the same bytes; nil for a table.
    package let hasSameBytes: Bool?
    /// Whether the first training set's file, where it still is, holds what the manifest says.
    package let originalIsIntact: Bool?
    package let engineWas: String
    package let engineIs: String
    /// Whether the spine holds the rows that it held.
    package let hasSameSpine: Bool
    package let columns: [ColumnChange]
    /// Of the sources whose rows were counted both times.
    package let sources: [SourceChange]
    /// Whether those are all.
    package let sourcesWereCounted: Bool
}
