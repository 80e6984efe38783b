import FeatureDefs

extension ExpressionEmitter {
    /// The SQL spelling of every function. Numbers of arguments are the type checker's business.
    func emitCall(_ function: ScalarFunction, _ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        switch function {
        case .add: return try infix("+", arguments, .additive)
        case .subtract: return try infix("-", arguments, .additive)
        case .multiply: return try infix("*", arguments, .multiplicative)
        case .divide: return try infix("/", arguments, .multiplicative)
        case .modulo: return try infix("%", arguments, .multiplicative)
        // Tighter than itself: `--` would start a comment.
        case .negate: return SQLExpression("-\(try emit(arguments[0]).operand(above: .unaryMinus))", .unaryMinus)
        case .equal: return try comparison("=", arguments, isOrdering: false)
        case .notEqual: return try comparison("<>", arguments, isOrdering: false)
        case .less: return try comparison("<", arguments, isOrdering: true)
        case .lessOrEqual: return try comparison("<=", arguments, isOrdering: true)
        case .greater: return try comparison(">", arguments, isOrdering: true)
        case .greaterOrEqual: return try comparison(">=", arguments, isOrdering: true)
        case .and: return try connective(" AND ", arguments, .and)
        case .or: return try connective(" OR ", arguments, .or)
        case .not: return SQLExpression("NOT \(try emit(arguments[0]).operand(atLeast: .not))", .not)
        case .isNull: return SQLExpression("\(try emit(arguments[0]).operand(above: .isTest)) IS NULL", .isTest)
        case .isNotNull: return SQLExpression("\(try emit(arguments[0]).operand(above: .isTest)) IS NOT NULL", .isTest)
        case .coalesce: return call("coalesce", try emitSiblings(arguments).map(\.fragment))
        case .nullif: return call("nullif", try comparable(arguments, isOrdering: false).map(\.fragment))
        case .least: return call("least", try comparable(arguments, isOrdering: true).map(\.fragment))
        case .greatest: return call("greatest", try comparable(arguments, isOrdering: true).map(\.fragment))
        case .abs: return try call("abs", arguments)
        case .floor: return try call("floor", arguments)
        case .ceil: return try call("ceil", arguments)
        case .round: return try call("round", arguments)
        case .ln: return try call("ln", arguments)
        case .exp: return try call("exp", arguments)
        case .sqrt: return try call("sqrt", arguments)
        case .power: return call("power", try emitSiblings(arguments).map(\.fragment))
        case .lower: return call("lower", [collated(try emit(arguments[0])).fragment])
        case .upper: return call("upper", [collated(try emit(arguments[0])).fragment])
        case .length: return cast(try call("length", arguments), "int8")
        case .substring: return try substring(arguments)
        case .concat: return try concat(arguments)
        case .append: return try infix("||", arguments, .otherOperator)
        case .secondsBetween: return try secondsBetween(arguments)
        case .toInt64: return cast(try emit(arguments[0]), "int8")
        case .toFloat64:
            if let literal = Self.literal(of: TypedExpression(.call(function, arguments), type: .float64)) {
                return SQLExpression(SQLFragment(literal), literal.precedence)
            }
            return cast(try emit(arguments[0]), "float8")
        case .toVector: return try vector(arguments)
        case .elementCount: return cast(try call("cardinality", arguments), "int8")
        }
    }

    /// The list itself, or an error, which the cast of a text that is no array raises and whose message holds the text.
    private func vector(_ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        guard case .literal(.int64(let count)) = arguments[1].node else {
            preconditionFailure("a cast to a vector has its length as a constant")
        }
        return try emit(arguments[0]).vector(ofLength: Int(count))
    }

    private func call(_ name: SQLFragment, _ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        var emitted: [SQLFragment] = []
        for argument in arguments { emitted.append(try emit(argument).fragment) }
        return call(name, emitted)
    }

    private func call(_ name: SQLFragment, _ arguments: [SQLFragment]) -> SQLExpression {
        SQLExpression("\(name)(\(arguments.joined()))", .primary)
    }

    /// `concat` takes arguments of any type, and text for what says none.
    private func concat(_ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        var emitted: [SQLFragment] = []
        for argument in arguments {
            if let literal = Self.literal(of: argument) {
                emitted.append(SQLFragment(literal.withoutType))
            } else {
                emitted.append(try emit(argument).fragment)
            }
        }
        return call("concat", emitted)
    }

    private func cast(_ expression: SQLExpression, _ type: SQLFragment) -> SQLExpression {
        SQLExpression("\(expression.operand(atLeast: .cast))::\(type)", .cast)
    }

    private func infix(
        _ symbol: SQLFragment, _ arguments: [TypedExpression<Input>], _ precedence: SQLPrecedence
    ) throws(Failure) -> SQLExpression {
        let sides = try emitSiblings(arguments)
        let sql: SQLFragment = "\(sides[0].operand(atLeast: precedence)) \(symbol) \(sides[1].operand(above: precedence))"
        return SQLExpression(sql, precedence)
    }

    private func connective(
        _ word: SQLFragment, _ arguments: [TypedExpression<Input>], _ precedence: SQLPrecedence
    ) throws(Failure) -> SQLExpression {
        var operands: [SQLFragment] = []
        for argument in arguments { operands.append(try emit(argument).operand(atLeast: precedence)) }
        return SQLExpression(operands.joined(separator: word), precedence)
    }

    private func comparison(
        _ symbol: SQLFragment, _ arguments: [TypedExpression<Input>], isOrdering: Bool
    ) throws(Failure) -> SQLExpression {
        let sides = try comparable(arguments, isOrdering: isOrdering)
        let sql: SQLFragment = "\(sides[0].operand(above: .comparison)) \(symbol) \(sides[1].operand(above: .comparison))"
        return SQLExpression(sql, .comparison)
    }

    /// Arguments that Postgres will compare. Text is compared by its bytes: under collation "C", which one argument
    /// says for all. Equality with a constant means the same under every deterministic collation and stays plain.
    private func comparable(
        _ arguments: [TypedExpression<Input>], isOrdering: Bool
    ) throws(Failure) -> [SQLExpression] {
        var emitted = try emitSiblings(arguments)
        let hasConstant = arguments.contains { Self.literal(of: $0) != nil }
        guard arguments.first?.type.isCollated ?? false, isOrdering || !hasConstant else { return emitted }
        emitted[0] = collated(emitted[0])
        return emitted
    }

    private func collated(_ text: SQLExpression) -> SQLExpression {
        SQLExpression("\(text.operand(atLeast: .collate)) COLLATE \"C\"", .collate)
    }

    /// Postgres' start and count are int4; ours are int64, so a value that does not fit is an error.
    private func substring(_ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        var emitted = [try emit(arguments[0]).fragment]
        for position in arguments.dropFirst() {
            if case .literal(.int64(let number)) = position.node, let bare = Int32(exactly: number) {
                emitted.append(SQLFragment(number: Int(bare)))
            } else {
                emitted.append(cast(try emit(position), "int4").fragment)
            }
        }
        return call("substring", emitted)
    }

    /// The difference of the epochs, which are exact decimals. `a - b` is an interval, which cannot hold every
    /// difference and fails on infinite timestamps.
    private func secondsBetween(_ arguments: [TypedExpression<Input>]) throws(Failure) -> SQLExpression {
        let later = try emit(arguments[0])
        let earlier = try emit(arguments[1])
        return SQLExpression("(extract(epoch FROM \(later)) - extract(epoch FROM \(earlier)))::float8", .cast)
    }
}
