import Columnar
import FeatureDefs

/// What the columns are that come in of a spine.
struct SpineLayout: Sendable {
    let shape: SpineTable
    let forms: [WireForm]
    /// The spine's own columns, which pass through.
    let own: Range<Int>
    let timestamp: Int
    /// One for each join key of the selection, of its type.
    let keys: [Int]
    /// One for each request input of the selection, of its type.
    let requestInputs: [Int]

    var types: [ColumnType] { forms.map(\.columnType) }

    func times(_ columns: [Column]) -> PrimitiveColumn<Int64> {
        guard case .timestamp(let times) = columns[timestamp] else { preconditionFailure("a spine's timestamp is an instant") }
        return times
    }

    func rows(_ columns: [Column], rowCount: Int) -> SpineRows {
        SpineRows(
            columns: Array(columns[own]),
            times: times(columns),
            keys: keys.map { columns[$0] },
            requestInputs: requestInputs.map { columns[$0] },
            rowCount: rowCount
        )
    }

    /// The columns of some of the selection's join keys.
    func keyColumns(_ wanted: [JoinKey], in columns: [Column]) -> [Column] {
        wanted.compactMap { key in shape.joinKeys.firstIndex(of: key).map { columns[keys[$0]] } }
    }
}
