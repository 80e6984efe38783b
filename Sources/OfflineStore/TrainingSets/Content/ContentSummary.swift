package import Columnar
import Crypto
import FeatureDefs

/// What a column of a training set holds, in short.
package struct ColumnContent: Codable, Hashable, Sendable {
    package let name: String
    /// The column type, such as `float64`.
    package let type: String
    /// Of the values, the same whatever the format of the file.
    package let sha256: String
    package let nulls: Int
    /// nil without a value, for lists and vectors, and for a long text.
    package let min: String?
    package let max: String?
}

/// Sums up a training set's columns while it passes.
package actor ContentSummary {
    /// So many columns, the first, have been summed up whole.
    private var foreseenCount = 0
    private var columns: [(field: ColumnTable.Field, digest: ColumnDigest, range: ColumnRange)] = []

    package init(_ fields: [ColumnTable.Field]) {
        columns = fields.map { ($0, ColumnDigest($0.type), ColumnRange()) }
    }

    /// Takes the first columns, whole, before the batches, of which it leaves them out then.
    package func foresee(_ first: [Column]) {
        for (index, column) in first.enumerated() { update(index, column) }
        foreseenCount = first.count
    }

    package func update(_ batch: ColumnTable) {
        for index in batch.columns.indices.dropFirst(foreseenCount) { update(index, batch.columns[index]) }
    }

    private func update(_ index: Int, _ column: Column) {
        columns[index].digest.update(column)
        columns[index].range.update(column)
    }

    package func finish() -> [ColumnContent] {
        columns.map { column in
            ColumnContent(
                name: column.field.name,
                type: column.field.type.name,
                sha256: column.digest.finish(),
                nulls: column.range.nulls,
                min: column.range.minimum,
                max: column.range.maximum
            )
        }
    }
}

extension Sequence<ColumnContent> {
    /// A checksum of all the columns, their names and order.
    package var sha256: String {
        var hash = SHA256()
        for column in self { hash.update(data: Array("\(column.name)\n\(column.type)\n\(column.sha256)\n".utf8)) }
        return hash.finalize().hexadecimal
    }
}
