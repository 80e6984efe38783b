import Columnar
import Evaluation
import FeatureDefs
import PostgresClient

/// The statement that reads a source: the keys, the event time, then values.
///
/// Expressions are computed by Postgres. One that fails on some row fails the statement, also where that row does not count; then
/// the source is read again with what those expressions read instead, and they are computed here (`SourceReadFallback`).
struct SourceReadSQL: Sendable {
    let read: SourceRead
    let range: SourceRange
    /// Whether expressions that can fail are left to us.
    let isCautious: Bool
    /// What the statement's columns after the event time are: the values that Postgres computes, and, if cautious, the columns
    /// that the others read.
    let columns: [TypedExpression<ColumnReference>]
    private let rows: SourceRows

    init(_ read: SourceRead, range: SourceRange, isCautious: Bool) throws(PostgresError) {
        self.read = read
        self.range = range
        self.isCautious = isCautious
        // What becomes visible when is settled here, not by Postgres: any view and mode will do.
        rows = try SourceRows(view: read.views[0].plan, knowledge: .clean)
        var columns: [TypedExpression<ColumnReference>] = []
        for value in read.values {
            if isCautious, value.isComputed, value.canFail {
                for input in value.inputs {
                    let column = TypedExpression(.input(input), type: input.storage.featureType)
                    if !columns.contains(column) { columns.append(column) }
                }
            } else if !columns.contains(value) {
                columns.append(value)
            }
        }
        self.columns = columns
    }

    var forms: [WireForm] { [.timestamp] + columns.map { WireForm(ColumnType($0.type)) } }

    /// `COPY (SELECT keys, event, values FROM source AS r WHERE ...) TO STDOUT (FORMAT binary)`
    func copy(where slice: SQLFragment?) throws(PostgresError) -> SQLFragment {
        var list: [SQLFragment] = []
        for column in read.keyColumns + [read.source.eventTimestamp] { list.append(try sent(column)) }
        for column in columns {
            if case .input(let reference) = column.node {
                list.append(try sent(reference))
            } else {
                list.append("\(try ExpressionEmitter(columnsOf: rows.alias).emit(column))")
            }
        }
        return """
            COPY (
            SELECT \(list.joined())
            FROM \(try rows.relation())
            WHERE \(try conditions(slice).joined(separator: "\n  AND "))
            ) TO STDOUT (FORMAT binary)
            """
    }

    private func sent(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        column.storage.isSentAsItIs ? try rows.stored(column) : "\(try column.expression(of: rows.alias))"
    }

    private func conditions(_ slice: SQLFragment?) throws(PostgresError) -> [SQLFragment] {
        let event = try rows.stored(read.source.eventTimestamp)
        var conditions: [SQLFragment] = []
        if let slice { conditions.append(slice) }
        if let earliest = range.earliest { conditions.append("\(event) >= \(rows.bound("\(SQLLiteral(earliest))"))") }
        conditions.append("\(event) <= \(rows.bound("\(SQLLiteral(range.latest))"))")
        if let filter = pushedFilter {
            conditions.append(try ExpressionEmitter(columnsOf: rows.alias).emit(filter).operand(atLeast: .and))
        }
        return conditions
    }

    /// The filter that Postgres applies, if all the read's views have the same.
    private var pushedFilter: TypedExpression<ColumnReference>? {
        guard let filter = read.views[0].plan.filter, read.views.allSatisfy({ $0.plan.filter == filter }) else { return nil }
        return isCautious && filter.canFail ? nil : filter
    }
}

extension TypedExpression {
    /// Whether the expression is more than the value of an input.
    var isComputed: Bool {
        if case .input = node { false } else { true }
    }
}
