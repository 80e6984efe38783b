import Evaluation
package import FeatureDefs

/// A row of a source, by column name, each value as expressions read it.
package typealias NaiveRow = [String: FeatureValue]

/// An expression over a source's row.
struct NaiveExpression: Sendable {
    private let columns: [String]
    private let program: CompiledExpression

    init(_ expression: TypedExpression<ColumnReference>) {
        let inputs = expression.inputs
        columns = inputs.map(\.name)
        program = CompiledExpression(expression) { inputs.firstIndex(of: $0) ?? -1 }
    }

    func value(on row: NaiveRow) throws(EvaluationError) -> FeatureValue {
        try program.evaluate { row[columns[$0]] ?? .null }
    }

    /// As a filter: whether the value is true, not false and not NULL.
    func holds(on row: NaiveRow) throws(EvaluationError) -> Bool {
        try value(on: row) == .bool(true)
    }
}
