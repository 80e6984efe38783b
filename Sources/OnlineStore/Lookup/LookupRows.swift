package import FeatureDefs

/// What a caller asks about: the entities' join keys and the request inputs, by column.
package struct LookupRows: Hashable, Sendable {
    package let count: Int
    package let columns: [String: [FeatureValue]]

    /// Columns of one length. No column at all is `count` rows without anything, for features that need nothing.
    package init(_ columns: [String: [FeatureValue]], count rowCount: Int = 1) throws(LookupError) {
        self.columns = columns
        let count = columns.first?.value.count ?? rowCount
        self.count = count
        guard columns.contains(where: { $0.value.count != count }) else { return }
        // By name, so that the same request gives the same error.
        let lengths = columns.map { (name: $0.key, count: $0.value.count) }.sorted { $0.name < $1.name }
        guard let first = lengths.first, let other = lengths.first(where: { $0.count != first.count }) else { return }
        throw .unequalColumns(name: first.name, count: first.count, otherName: other.name, otherCount: other.count)
    }

    /// Checks that a column's values, but for NULLs, are of a type.
    static func check(_ values: [FeatureValue], of name: String, is type: FeatureType) throws(LookupError) {
        for (row, value) in values.enumerated() {
            guard let found = value.type, found != type else { continue }
            throw .wrongType(column: name, row: row, expected: type, found: found)
        }
    }
}
