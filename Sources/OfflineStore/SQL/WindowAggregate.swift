import FeatureDefs
import PostgresClient

/// A window feature, printed as a Postgres aggregate with a FILTER.
struct WindowAggregate {
    let name: String
    let function: AggregateFunction
    /// nil is `*`.
    let argument: TypedExpression<ColumnReference>?
    let length: Period
    let filter: TypedExpression<ColumnReference>?

    /// Whether the result may depend on the order of the rows: float64 addition is not associative.
    var dependsOnOrder: Bool {
        switch function {
        case .sum, .mean, .variance, .stddev: argument?.type.isFloatingPoint ?? false
        case .count, .distinctCount, .min, .max, .first, .lastN: false
        }
    }

    /// The aggregate over rows `r`.
    ///
    /// - Parameter after: where the window is shorter than the rows at hand, the instant that its events are later than.
    func sql(rows: SourceRows, after: SQLFragment?) throws(PostgresError) -> SQLFragment {
        let filterClause = try filterClause(rows: rows, after: after)
        let argument = try argument.map { (expression) throws(PostgresError) in
            try ExpressionEmitter(columnsOf: rows.alias).emit(expression)
        }
        let argumentType = self.argument?.type
        guard let argument, let argumentType else { return "count(*)\(filterClause)" }
        switch function {
        case .count:
            return "count(\(argument))\(filterClause)"
        case .distinctCount:
            return "count(DISTINCT \(collated(argument)))\(filterClause)"
        case .sum:
            // A sum of bigint is numeric: the cast raises an error where it does not fit.
            let cast: SQLFragment = argumentType == .int64 ? "::int8" : ""
            return "sum(\(widened(argument)))\(filterClause)\(cast)"
        case .mean:
            // Not avg(): its numeric quotient would be rounded twice on its way to float8.
            let cast: SQLFragment = argumentType == .int64 ? "::float8" : ""
            return "sum(\(widened(argument)))\(filterClause)\(cast) / count(\(argument))\(filterClause)"
        case .variance:
            if argumentType == .int64 { return ofIntegers(argument, filterClause) }
            return try ofDeviations("var_samp", argument, rows: rows, after: after)
        case .stddev:
            // Not stddev_samp(), whose numeric root has as many decimals as the variance: none, where that is large.
            if argumentType == .int64 { return "sqrt(\(ofIntegers(argument, filterClause)))" }
            return try ofDeviations("stddev_samp", argument, rows: rows, after: after)
        case .min:
            return "min(\(collated(argument)))\(filterClause)"
        case .max:
            return "max(\(collated(argument)))\(filterClause)"
        case .first:
            let order = try earliestFirst(rows).joined()
            // An array of arrays is one of two dimensions, and Postgres wants them of one length. As texts they stay apart.
            if argumentType.scalar == nil {
                let text: SQLFragment = "\(argument.operand(atLeast: .cast))::text"
                return "(array_agg(\(text) ORDER BY \(order))\(filterClause))[1]::\(argumentType.sqlType)"
            }
            return "(array_agg(\(argument) ORDER BY \(order))\(filterClause))[1]"
        case .lastN(let limit):
            let last = SQLFragment(number: limit)
            return "(array_agg(\(argument) ORDER BY \(try rows.latestFirst().joined()))\(filterClause))[1:\(last)]"
        }
    }

    /// The order of `latest`, the other way round.
    private func earliestFirst(_ rows: SourceRows) throws(PostgresError) -> [SQLFragment] {
        var order = [try rows.stored(rows.view.source.eventTimestamp)]
        let available = try rows.available()
        if available != (try rows.event()) { order.append("\(available)") }
        for column in rows.view.tieBreakColumns { order.append("\(try rows.ordered(column)) NULLS FIRST") }
        return order
    }

    /// The variance `(n Σx² - (Σx)²) / (n (n - 1))` of integers: exact sums, then one division of float8s, which is what strategy
    /// `merge` does (`AdditiveWindow`). var_samp() rounds its numeric quotient before float8 does.
    private func ofIntegers(_ argument: SQLExpression, _ filterClause: SQLFragment) -> SQLFragment {
        let count: SQLFragment = "count(\(argument))\(filterClause)"
        let sum: SQLFragment = "sum(\(argument))\(filterClause)"
        let number: SQLFragment = "\(argument.operand(atLeast: .cast))::numeric"
        let squares: SQLFragment = "sum(\(number) * \(number))\(filterClause)"
        return "(\(count) * \(squares) - \(sum) * \(sum))::float8 / nullif(\(count) * (\(count) - 1), 0)::float8"
    }

    /// Postgres' variance of floats, given deviations from the mean: of values far from 0 it loses every digit.
    ///
    /// First the least value is subtracted, so that the mean is as exact as the values' spread, not their size; then
    /// the mean. What is lost is n rounding errors of the variance itself, whatever the values
    /// (Chan, Golub, LeVeque, "Algorithms for Computing the Sample Variance", 1983). Infinities leave NaN, as they should.
    private func ofDeviations(
        _ function: SQLFragment, _ argument: SQLExpression, rows: SourceRows, after: SQLFragment?
    ) throws(PostgresError) -> SQLFragment {
        // The array is of the window's rows, not of its own FROM's, because it reads a column of theirs.
        let isConstant = self.argument?.inputs.isEmpty ?? true
        let filterClause = try filterClause(rows: rows, after: after, namesRow: isConstant)
        return """
            (
                        SELECT \(function)(above_least - mean)
                        FROM (
                            SELECT above_least, avg(above_least) OVER () AS mean
                            FROM (
                                SELECT value - min(value) OVER () AS above_least
                                FROM unnest(array_agg(\(widened(argument)))\(filterClause)) AS value
                            ) AS shifted
                        ) AS deviations
                    )
            """
    }

    private func filterClause(
        rows: SourceRows, after: SQLFragment?, namesRow: Bool = false
    ) throws(PostgresError) -> SQLFragment {
        var conditions: [SQLFragment] = []
        if namesRow { conditions.append("\(try rows.event().operand(above: .isTest)) IS NOT NULL") }
        if let after { conditions.append("\(try rows.event().operand(above: .comparison)) > \(after)") }
        if let filter {
            let sql = try ExpressionEmitter(columnsOf: rows.alias).emit(filter)
            conditions.append(sql.operand(atLeast: .and))
        }
        return conditions.isEmpty ? "" : " FILTER (WHERE \(conditions.joined(separator: " AND ")))"
    }

    /// A float4 sum would be rounded to float4 at each step.
    private func widened(_ argument: SQLExpression) -> SQLFragment {
        self.argument?.type == .float32 ? "\(argument.operand(atLeast: .cast))::float8" : "\(argument)"
    }

    private func collated(_ argument: SQLExpression) -> SQLFragment {
        self.argument?.type.isCollated ?? false ? "\(argument.operand(atLeast: .collate)) COLLATE \"C\"" : "\(argument)"
    }
}
