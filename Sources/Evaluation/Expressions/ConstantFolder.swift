package import FeatureDefs

/// Computes the constant parts of an expression as Postgres' planner does, since that shows: `1/x > 0 and false` is
/// false even where x is 0, because the planner never asks for x.
///
/// Source: Postgres 15, `src/backend/optimizer/util/clauses.c`, `eval_const_expressions_mutator`.
struct ConstantFolder<Input: ExpressionInput> {
    /// Inputs that are known to be constant.
    var constants: [Input: FeatureValue] = [:]

    /// The first error among the parts that are constant. Postgres would raise it before it reads a row.
    private(set) var firstError: EvaluationError?

    /// The expression with its constant parts computed; those that fail stay as they are.
    mutating func folded(_ expression: TypedExpression<Input>) -> TypedExpression<Input> {
        switch expression.node {
        case .literal:
            return expression
        case .input(let input):
            return constants[input].map { literal($0, expression.type) } ?? expression
        case .call(let function, let arguments):
            return foldedCall(function, arguments, type: expression.type)
        case .extract(let field, let operand):
            let operand = folded(operand)
            let unfolded = TypedExpression(.extract(field, operand), type: expression.type)
            switch operand.node {
            case .literal(.null): return literal(.null, expression.type)
            // Postgres counts the epoch of a timestamptz as stable, and leaves it to the executor.
            case .literal(.timestamp(let timestamp)) where field != .epoch:
                return computed(unfolded) { () throws(EvaluationError) in
                    try TimestampKernels.extract(field, from: timestamp)
                }
            case .literal, .input, .call, .extract, .conditional: return unfolded
            }
        case .conditional(let branches, let otherwise):
            return foldedConditional(branches, otherwise: otherwise, type: expression.type)
        }
    }

    private mutating func foldedCall(
        _ function: ScalarFunction, _ arguments: [TypedExpression<Input>], type: FeatureType
    ) -> TypedExpression<Input> {
        switch function {
        case .and: return foldedConnective(.and, arguments, decidedBy: false)
        case .or: return foldedConnective(.or, arguments, decidedBy: true)
        case .coalesce: return foldedCoalesce(arguments, type: type)
        default: break
        }
        let arguments = foldedAll(arguments)
        let constants = arguments.compactMap(Self.constant)
        let unfolded = TypedExpression(.call(function, arguments), type: type)
        switch function {
        // NULL equals nothing, so the first argument it is; a NULL before it need not look at the other.
        case .nullif where constants.contains(where: \.isNull):
            return arguments[0]
        case .isNull, .isNotNull, .nullif, .least, .greatest:
            guard constants.count == arguments.count else { return unfolded }
            return computed(unfolded) { () throws(EvaluationError) in try Self.apply(function, constants) }
        // Stable to Postgres, so left to the executor.
        case .concat:
            return unfolded
        // The length of a constant is a constant; the error's text is put together by the executor.
        case .toVector:
            guard constants.count == arguments.count, let vector = try? Self.apply(function, constants) else { return unfolded }
            return literal(vector, type)
        case .secondsBetween:
            return constants.contains(where: \.isNull) ? literal(.null, type) : unfolded
        case .substring:
            // The casts of the positions are folded on their own.
            for case .int64(let position)? in arguments.dropFirst().map(Self.constant) where Int32(exactly: position) == nil {
                firstError = firstError ?? .integerOverflow
                return unfolded
            }
            return foldedStrict(unfolded, function, constants, of: arguments.count)
        case .add, .subtract, .multiply, .divide, .modulo, .negate, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .not, .abs, .floor, .ceil, .round, .ln, .exp, .sqrt, .power, .lower, .upper, .length,
            .append, .toInt64, .toFloat64, .elementCount:
            return foldedStrict(unfolded, function, constants, of: arguments.count)
        case .and, .or, .coalesce:
            return unfolded
        }
    }

    /// A strict function of a constant NULL is NULL, whatever its other arguments would be or raise.
    private mutating func foldedStrict(
        _ unfolded: TypedExpression<Input>, _ function: ScalarFunction, _ constants: [FeatureValue], of count: Int
    ) -> TypedExpression<Input> {
        if constants.contains(where: \.isNull) { return literal(.null, unfolded.type) }
        guard constants.count == count else { return unfolded }
        return computed(unfolded) { () throws(EvaluationError) in try Self.apply(function, constants) }
    }

    /// A decisive constant decides wherever it stands; others go, and NULLs move to the end.
    private mutating func foldedConnective(
        _ function: ScalarFunction, _ arguments: [TypedExpression<Input>], decidedBy decisive: Bool
    ) -> TypedExpression<Input> {
        var kept: [TypedExpression<Input>] = []
        var hasNull = false
        for argument in arguments {
            let argument = folded(argument)
            switch argument.node {
            case .literal(.bool(decisive)): return literal(.bool(decisive), .bool)
            case .literal(.null): hasNull = true
            case .literal: break
            case .input, .call, .extract, .conditional: kept.append(argument)
            }
        }
        if hasNull { kept.append(literal(.null, .bool)) }
        if kept.isEmpty { return literal(.bool(!decisive), .bool) }
        return kept.count == 1 ? kept[0] : TypedExpression(.call(function, kept), type: .bool)
    }

    /// What stands after a constant is never reached, and not folded either.
    private mutating func foldedCoalesce(
        _ arguments: [TypedExpression<Input>], type: FeatureType
    ) -> TypedExpression<Input> {
        var kept: [TypedExpression<Input>] = []
        for argument in arguments {
            let argument = folded(argument)
            guard let constant = Self.constant(argument) else {
                kept.append(argument)
                continue
            }
            if constant.isNull { continue }
            kept.append(argument)
            break
        }
        if kept.isEmpty { return literal(.null, type) }
        return kept.count == 1 ? kept[0] : TypedExpression(.call(.coalesce, kept), type: type)
    }

    private mutating func foldedConditional(
        _ branches: [TypedExpression<Input>.Branch], otherwise: TypedExpression<Input>?, type: FeatureType
    ) -> TypedExpression<Input> {
        var kept: [TypedExpression<Input>.Branch] = []
        var otherwise = otherwise
        var isDecided = false
        for branch in branches where !isDecided {
            let condition = folded(branch.condition)
            switch condition.node {
            case .literal(.bool(true)):
                otherwise = folded(branch.value)
                isDecided = true
            case .literal: break
            case .input, .call, .extract, .conditional:
                kept.append(.init(condition: condition, value: folded(branch.value)))
            }
        }
        if !isDecided { otherwise = otherwise.map { folded($0) } }
        guard kept.isEmpty else { return TypedExpression(.conditional(kept, otherwise: otherwise), type: type) }
        return otherwise ?? literal(.null, type)
    }

    private mutating func foldedAll(_ expressions: [TypedExpression<Input>]) -> [TypedExpression<Input>] {
        var result: [TypedExpression<Input>] = []
        for expression in expressions { result.append(folded(expression)) }
        return result
    }

    private mutating func computed(
        _ unfolded: TypedExpression<Input>, _ compute: () throws(EvaluationError) -> FeatureValue
    ) -> TypedExpression<Input> {
        do {
            return literal(try compute(), unfolded.type)
        } catch {
            firstError = firstError ?? error
            return unfolded
        }
    }

    private func literal(_ value: FeatureValue, _ type: FeatureType) -> TypedExpression<Input> {
        TypedExpression(.literal(value), type: type)
    }

    private static func constant(_ expression: TypedExpression<Input>) -> FeatureValue? {
        if case .literal(let value) = expression.node { value } else { nil }
    }

    private static func apply(_ function: ScalarFunction, _ values: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        switch values.count {
        case 1: try ScalarKernels.apply(function, values[0])
        case 2: try ScalarKernels.apply(function, values[0], values[1])
        default: try ScalarKernels.applyToList(function, values)
        }
    }
}

extension TypedExpression {
    /// The error that a constant part of the expression raises, whatever the row: `1 / 0`, or text with a NUL.
    ///
    /// Postgres raises it when it plans the query, so that even a branch never taken fails. The compiler refuses it.
    package var constantError: EvaluationError? {
        if hasNulInText { return .nulInText }
        var folder = ConstantFolder<Input>()
        _ = folder.folded(self)
        return folder.firstError
    }

    private var hasNulInText: Bool {
        if case .literal(.string(let text)) = node { return text.utf8.contains(0) }
        return children.contains(where: \.hasNulInText)
    }
}
