package import FeatureDefs

/// Prints a typed expression as Postgres SQL, with no parentheses but those that precedence asks for.
///
/// `amount / nullif(spend, 0)` comes out as `t."amount" / nullif(t."spend", 0.0)`. Literals are bare where a neighbour
/// gives their type and cast elsewhere, so that `5` is a `bigint` everywhere.
package struct ExpressionEmitter<Input: ExpressionInput, Failure: Error> {
    private let input: (Input) throws(Failure) -> SQLExpression

    /// `input` prints an input: see `ColumnReference.expression(of:)`.
    package init(input: @escaping (Input) throws(Failure) -> SQLExpression) {
        self.input = input
    }

    package func emit(_ expression: TypedExpression<Input>) throws(Failure) -> SQLExpression {
        switch expression.node {
        case .literal(let value):
            let literal = SQLLiteral(value, type: expression.type)
            return SQLExpression(SQLFragment(literal), literal.precedence)
        case .input(let reference):
            return try input(reference)
        case .call(let function, let arguments):
            return try emitCall(function, arguments)
        case .extract(let field, let operand):
            return Self.extracted(field, from: try emit(operand))
        case .conditional(let branches, let otherwise):
            return try emitConditional(branches, otherwise: otherwise)
        }
    }

    /// Expressions of one type beside each other: one of them says the type, and literals beside it need not.
    func emitSiblings(_ expressions: [TypedExpression<Input>]) throws(Failure) -> [SQLExpression] {
        let anchor = expressions.firstIndex { Self.literal(of: $0) == nil } ?? 0
        var emitted: [SQLExpression] = []
        for (index, expression) in expressions.enumerated() {
            if index != anchor, let literal = Self.literal(of: expression)?.withoutType {
                emitted.append(SQLExpression(SQLFragment(literal), literal.precedence))
            } else if let literal = Self.literal(of: expression) {
                emitted.append(SQLExpression(SQLFragment(literal), literal.precedence))
            } else {
                emitted.append(try emit(expression))
            }
        }
        return emitted
    }

    /// A constant, also one under a cast to float64: `2` in `amount / 2` is printed `2.0`.
    static func literal(of expression: TypedExpression<Input>) -> SQLLiteral? {
        switch expression.node {
        case .literal(let value):
            return SQLLiteral(value, type: expression.type)
        case .call(.toFloat64, let arguments):
            guard case .literal(.int64(let number)) = arguments.first?.node else { return nil }
            return SQLLiteral(.float64(Double(number)), type: .float64)
        case .input, .call, .extract, .conditional:
            return nil
        }
    }

    private func emitConditional(
        _ branches: [TypedExpression<Input>.Branch], otherwise: TypedExpression<Input>?
    ) throws(Failure) -> SQLExpression {
        let values = try emitSiblings(branches.map(\.value) + (otherwise.map { [$0] } ?? []))
        var sql: SQLFragment = "CASE"
        for (index, branch) in branches.enumerated() {
            sql += " WHEN \(try emit(branch.condition)) THEN \(values[index])"
        }
        if otherwise != nil { sql += " ELSE \(values[branches.count])" }
        return SQLExpression(sql + " END", .primary)
    }

    /// A part of a timestamp in UTC, whatever the session's time zone.
    private static func extracted(_ field: TimestampField, from operand: SQLExpression) -> SQLExpression {
        let utc = operand.clockInUTC ?? "\(operand.operand(atLeast: .atTimeZone)) AT TIME ZONE 'UTC'"
        let sql: SQLFragment =
            switch field {
            case .epoch: "extract(epoch FROM \(operand))::float8"
            // Postgres' seconds have the fraction.
            case .second: "floor(extract(second FROM \(utc)))::int8"
            case .year: "extract(year FROM \(utc))::int8"
            case .month: "extract(month FROM \(utc))::int8"
            case .day: "extract(day FROM \(utc))::int8"
            case .hour: "extract(hour FROM \(utc))::int8"
            case .minute: "extract(minute FROM \(utc))::int8"
            case .dow: "extract(dow FROM \(utc))::int8"
            case .isodow: "extract(isodow FROM \(utc))::int8"
            case .doy: "extract(doy FROM \(utc))::int8"
            }
        return SQLExpression(sql, .cast)
    }
}
