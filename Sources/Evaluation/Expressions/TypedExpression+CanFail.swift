package import FeatureDefs

extension TypedExpression where Input == ColumnReference {
    /// Whether some row makes the expression an error rather than a value.
    ///
    /// Where Postgres is free to choose the order of conditions, one that can fail needs a `CASE` to guard it.
    package var canFail: Bool {
        canFail { column in
            switch column.storage {
            // A decimal beyond float8, a date beyond timestamps, an array of two dimensions.
            case .numeric, .date, .array: true
            case .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bpchar, .bool, .timestamptz, .timestamp, .bytea,
                .uuid:
                false
            }
        }
    }
}

extension TypedExpression where Input == OnDemandInput {
    /// Whether some inputs make the expression an error rather than a value.
    package var canFail: Bool { canFail { _ in false } }
}

extension TypedExpression {
    private func canFail(reading inputCanFail: (Input) -> Bool) -> Bool {
        if operationCanFail(reading: inputCanFail) { return true }
        return children.contains { $0.canFail(reading: inputCanFail) }
    }

    private func operationCanFail(reading inputCanFail: (Input) -> Bool) -> Bool {
        switch node {
        case .literal, .conditional: false
        case .input(let input): inputCanFail(input)
        // The year of infinity.
        case .extract(let field, _): field == .year
        case .call(let function, let arguments): Self.canFail(function, arguments)
        }
    }

    private static func canFail(_ function: ScalarFunction, _ arguments: [TypedExpression]) -> Bool {
        switch function {
        case .add, .subtract, .multiply, .divide, .ln, .exp, .sqrt, .power, .toInt64, .toVector:
            true
        case .modulo:
            isZeroOrUnknown(arguments[1])
        case .negate, .abs:
            arguments[0].type == .int64
        case .substring:
            arguments.dropFirst().contains { !isShortPosition($0) }
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .not, .isNull, .isNotNull,
            .coalesce, .nullif, .least, .greatest, .floor, .ceil, .round, .lower, .upper, .length, .concat, .append,
            .secondsBetween, .toFloat64, .elementCount:
            false
        }
    }

    private static func isZeroOrUnknown(_ divisor: TypedExpression) -> Bool {
        guard case .literal(.int64(let number)) = divisor.node else { return true }
        return number == 0
    }

    /// A constant that is neither negative nor too long for Postgres' int4. (A negative start would do, too.)
    private static func isShortPosition(_ position: TypedExpression) -> Bool {
        guard case .literal(.int64(let number)) = position.node else { return false }
        return number >= 0 && Int32(exactly: number) != nil
    }
}
