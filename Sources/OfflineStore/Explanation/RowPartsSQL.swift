import Evaluation
import FeatureDefs
import PostgresClient

/// The query that sorts one entity's rows by what becomes of them. The conditions are the contract's, each by itself, so that a row
/// says which one it fails first.
struct RowPartsSQL {
    let view: FeatureViewPlan
    let feature: FeaturePlan
    let instant: Timestamp
    let cut: Timestamp

    var windowStart: Timestamp? {
        switch feature.computation {
        case .latest: nil
        case .window(_, _, let length, _): cut - length
        }
    }

    /// Rows of: part, how many rows have it, event and available time in microseconds, argument. The newest `rowsPerPart` of each
    /// part; the keys are the parameters.
    func text(rowsPerPart: Int) throws(PostgresError) -> SQLFragment {
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let event = try rows.event().operand(above: .comparison)
        let available = try rows.recorded().operand(above: .comparison)
        var isOfEntity: [SQLFragment] = []
        for (index, key) in view.joinKeys.enumerated() {
            let column = try view.joinKeyColumns[index].expression(of: rows.alias).operand(above: .comparison)
            isOfEntity.append("\(column) = $\(SQLFragment(number: index + 1))::\(key.type.sqlType)")
        }
        var passes: [SQLFragment] = []
        for filter in [view.filter, feature.computation.filter].compactMap({ $0 }) {
            passes.append("coalesce(\(try ExpressionEmitter(columnsOf: rows.alias).emit(filter)), false)")
        }
        let isFiltered: SQLFragment = passes.isEmpty ? "false" : "NOT (\(passes.joined(separator: " AND ")))"
        let isBefore: SQLFragment = windowStart.map { "\(event) <= \(SQLLiteral($0))" } ?? "false"
        // Filters are asked of visible rows only, as in the join: elsewhere they may fail.
        let part: SQLFragment = """
            CASE WHEN \(event) IS NULL THEN 'no_event'
                 WHEN \(event) > \(SQLLiteral(instant)) THEN 'future'
                 WHEN \(event) > \(SQLLiteral(cut)) THEN 'after_cut'
                 WHEN \(available) > \(SQLLiteral(cut)) THEN 'available_later'
                 WHEN \(isBefore) THEN 'before_window'
                 WHEN \(isFiltered) THEN 'filtered'
                 ELSE 'contributes' END
            """
        var argument: SQLFragment = "NULL::text"
        if let expression = feature.computation.argument {
            argument = "(\(try ExpressionEmitter(columnsOf: rows.alias).emit(expression)))::text"
        }
        let order = try rows.latestFirst().joined()
        let isRanked: SQLFragment = feature.computation.isLatest ? "true" : "false"
        let limit = SQLFragment(number: rowsPerPart)
        return """
            SELECT part, count, event, available, argument FROM (
                SELECT *, count(*) OVER (PARTITION BY part) AS count,
                    row_number() OVER (PARTITION BY part ORDER BY place) AS shown
                FROM (
                    SELECT CASE WHEN \(isRanked) AND sorted.part = 'contributes'
                                    AND row_number() OVER (PARTITION BY sorted.part ORDER BY \(order)) > 1
                                THEN 'not_latest' ELSE sorted.part END AS part,
                        row_number() OVER (PARTITION BY sorted.part ORDER BY \(order)) AS place,
                        \(Self.microseconds(event)) AS event, \(Self.microseconds(available)) AS available,
                        CASE WHEN sorted.part = 'contributes' THEN \(argument) END AS argument
                    FROM \(try rows.relation())
                    CROSS JOIN LATERAL (SELECT \(part) AS part) AS sorted
                    WHERE \(isOfEntity.isEmpty ? "true" : isOfEntity.joined(separator: " AND "))
                ) AS placed
            ) AS counted
            WHERE shown <= \(limit)
            ORDER BY event DESC NULLS LAST, part, place
            """
    }

    /// NULL for infinite ones.
    private static func microseconds(_ instant: SQLFragment) -> SQLFragment {
        "CASE WHEN isfinite(\(instant)) THEN (extract(epoch FROM \(instant)) * 1000000)::int8 END"
    }
}

extension FeatureComputation {
    fileprivate var isLatest: Bool {
        switch self {
        case .latest: true
        case .window: false
        }
    }
}
