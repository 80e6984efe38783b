package import Columnar
package import FeatureDefs

/// The temporary table that holds a spine: asof's own columns, typed, then the spine's as they came.
///
/// `asof_ordinal int8` (the row's identity, from 1), `asof_timestamp timestamptz`, `asof_key_N` for each join key,
/// `asof_request_N` for each request input.
package struct SpineTable: Hashable, Sendable {
    package static let name = "asof_spine"
    package static let ordinal = "asof_ordinal"
    package static let timestamp = "asof_timestamp"
    package static let reservedPrefix = "asof_"

    /// The join keys, in order: `asof_key_1` holds the first.
    package let joinKeys: [JoinKey]
    package let requestInputs: [RequestInput]
    /// The spine's own columns, which pass through.
    package let columns: [Column]

    /// A column of the spine, as it came.
    package struct Column: Hashable, Sendable {
        package let name: String
        /// As Postgres spells it, such as `text` or `numeric(10,2)`.
        package let databaseType: String
        /// nil for a type that asof does not know.
        package let storage: ColumnStorage?

        /// How the column passes through memory.
        package var type: ColumnType { ColumnType(passingThrough: storage) }
    }

    package static func keyColumn(_ index: Int) -> String { "asof_key_\(index + 1)" }
    package static func requestColumn(_ index: Int) -> String { "asof_request_\(index + 1)" }

    package func keyColumn(for key: JoinKey) -> String? {
        joinKeys.firstIndex(of: key).map(Self.keyColumn)
    }
}
