/// Operators, and the sugar that becomes them: `in`, `between`, `case`.
extension TypeChecker {
    mutating func check(_ unary: UnaryOperator, _ operand: SyntaxExpression, _ range: Range<Int>) -> Checked<Input> {
        let checked = check(operand)
        switch unary {
        case .not:
            guard let operand = expect(.bool, checked, of: "not") else { return .failed }
            return call(.not, [operand], type: .bool, range)
        case .negate:
            guard let operand = number(checked, of: "-") else { return .failed }
            return call(.negate, [operand], type: operand.type, range)
        }
    }

    /// An int64 or float64.
    mutating func number(_ checked: Checked<Input>, of operation: String) -> Typed<Input>? {
        guard let typed = typed(checked) else { return nil }
        guard typed.type.isNumeric else {
            sink.report(.wrongArgumentType(operation, takes: "int64 or float64", found: typed.type, at: source.span(typed.range)))
            return nil
        }
        return typed.type == .int64 ? typed : typed.widened
    }

    mutating func apply(
        _ binary: BinaryOperator, _ operatorRange: Range<Int>, _ left: Checked<Input>, _ right: Checked<Input>,
        _ range: Range<Int>
    ) -> Checked<Input> {
        let spelling = binary.rawValue
        if binary.isComparison, isNullLiteral(left) || isNullLiteral(right) {
            sink.report(.comparisonWithNull(spelling, at: source.span(range)))
            return .failed
        }
        switch binary {
        case .and: return both(.bool, .and, left, right, type: .bool, spelling, range)
        case .or: return both(.bool, .or, left, right, type: .bool, spelling, range)
        case .append: return both(.string, .append, left, right, type: .string, spelling, range)
        case .divide: return both(.float64, .divide, left, right, type: .float64, spelling, range)
        case .modulo: return both(.int64, .modulo, left, right, type: .int64, spelling, range)
        case .add: return arithmetic(.add, left, right, spelling, range)
        case .multiply: return arithmetic(.multiply, left, right, spelling, range)
        case .subtract:
            if isTimestamp(left), isTimestamp(right) {
                return both(.timestamp, .secondsBetween, left, right, type: .float64, spelling, range)
            }
            // The other side has its own message; whether this one fits is not known.
            if hasFailed(left) || hasFailed(right), isTimestamp(left) || isTimestamp(right) { return .failed }
            return arithmetic(.subtract, left, right, spelling, range)
        case .equal: return comparison(.equal, left, right, spelling, operatorRange, range)
        case .notEqual: return comparison(.notEqual, left, right, spelling, operatorRange, range)
        case .less: return ordering(.less, left, right, spelling, operatorRange, range)
        case .lessOrEqual: return ordering(.lessOrEqual, left, right, spelling, operatorRange, range)
        case .greater: return ordering(.greater, left, right, spelling, operatorRange, range)
        case .greaterOrEqual: return ordering(.greaterOrEqual, left, right, spelling, operatorRange, range)
        }
    }

    private func hasFailed(_ checked: Checked<Input>) -> Bool {
        if case .failed = checked { true } else { false }
    }

    private func isNullLiteral(_ checked: Checked<Input>) -> Bool {
        if case .untypedNull = checked { true } else { false }
    }

    private func isTimestamp(_ checked: Checked<Input>) -> Bool {
        switch checked {
        case .typed(let typed): typed.type == .timestamp
        case .untypedNull, .failed: false
        }
    }

    /// A function of two operands of one fixed type.
    private mutating func both(
        _ operands: FeatureType, _ function: ScalarFunction, _ left: Checked<Input>, _ right: Checked<Input>, type: FeatureType,
        _ spelling: String, _ range: Range<Int>
    ) -> Checked<Input> {
        let left = expect(operands, left, of: spelling)
        let right = expect(operands, right, of: spelling)
        guard let left, let right else { return .failed }
        return call(function, [left, right], type: type, range)
    }

    private mutating func arithmetic(
        _ function: ScalarFunction, _ left: Checked<Input>, _ right: Checked<Input>, _ spelling: String, _ range: Range<Int>
    ) -> Checked<Input> {
        let operands = [left, right].map { operand -> Checked<Input> in
            guard case .typed = operand else { return operand }
            return number(operand, of: spelling).map { .typed($0) } ?? .failed
        }
        guard let operands = unify(operands, of: spelling, range) else { return .failed }
        return call(function, operands, type: operands[0].type, range)
    }

    mutating func comparison(
        _ function: ScalarFunction, _ left: Checked<Input>, _ right: Checked<Input>, _ spelling: String,
        _ operatorRange: Range<Int>, _ range: Range<Int>
    ) -> Checked<Input> {
        guard let operands = unify([left, right], of: spelling, operatorRange) else { return .failed }
        return call(function, operands, type: .bool, range)
    }

    /// A comparison of what has an order.
    private mutating func ordering(
        _ function: ScalarFunction, _ left: Checked<Input>, _ right: Checked<Input>, _ spelling: String,
        _ operatorRange: Range<Int>, _ range: Range<Int>
    ) -> Checked<Input> {
        guard let operands = unify([left, right], of: spelling, operatorRange), isOrdered(operands[0], for: spelling) else {
            return .failed
        }
        return call(function, operands, type: .bool, range)
    }

    /// Whether a value's type has an order; reported where it has none.
    mutating func isOrdered(_ operand: Typed<Input>, for operation: String) -> Bool {
        if operand.type.scalar != nil { return true }
        sink.report(.unorderedType(operation, operand.type, at: source.span(operand.range)))
        return false
    }

    // MARK: Sugar

    /// `x in (a, b)` is `x = a or x = b`, paired so that a long list stays shallow.
    mutating func checkIn(
        _ operand: SyntaxExpression, _ list: [SyntaxExpression], _ isNegated: Bool, _ range: Range<Int>
    ) -> Checked<Input> {
        let operand = check(operand)
        var terms: [Checked<Input>] = []
        for item in list {
            let item = check(item)
            terms.append(comparison(.equal, operand, item, "in", range, range))
        }
        while terms.count > 1 {
            var paired: [Checked<Input>] = []
            for index in stride(from: 0, to: terms.count, by: 2) {
                guard index + 1 < terms.count else {
                    paired.append(terms[index])
                    continue
                }
                paired.append(both(.bool, .or, terms[index], terms[index + 1], type: .bool, "in", range))
            }
            terms = paired
        }
        return negated(terms.first ?? .failed, isNegated, range)
    }

    /// `x between a and b` is `x >= a and x <= b`.
    mutating func checkBetween(
        _ operand: SyntaxExpression, _ low: SyntaxExpression, _ high: SyntaxExpression, _ isNegated: Bool, _ range: Range<Int>
    ) -> Checked<Input> {
        let (operand, low, high) = (check(operand), check(low), check(high))
        let above = ordering(.greaterOrEqual, operand, low, "between", range, range)
        // One message is enough where the operand has no order at all.
        let below = ordering(.lessOrEqual, hasFailed(above) ? .failed : operand, high, "between", range, range)
        return negated(both(.bool, .and, above, below, type: .bool, "between", range), isNegated, range)
    }

    private mutating func negated(_ checked: Checked<Input>, _ isNegated: Bool, _ range: Range<Int>) -> Checked<Input> {
        guard isNegated, let operand = expect(.bool, checked, of: "not") else { return checked }
        return call(.not, [operand], type: .bool, range)
    }

    /// `case x when v then ...` is `case when x = v then ...`.
    mutating func checkConditional(
        _ operand: SyntaxExpression?, _ branches: [SyntaxExpression.Branch], _ otherwise: SyntaxExpression?, _ range: Range<Int>
    ) -> Checked<Input> {
        let operand = operand.map { check($0) }
        var conditions: [Typed<Input>?] = []
        var values: [Checked<Input>] = []
        for branch in branches {
            let condition = check(branch.condition)
            let test = operand.map { comparison(.equal, $0, condition, "case", branch.condition.range, branch.condition.range) }
            conditions.append(expect(.bool, test ?? condition, of: "when"))
            values.append(check(branch.value))
        }
        if let otherwise { values.append(check(otherwise)) }
        guard let values = unify(values, of: "case", range) else { return .failed }
        let sound = conditions.compactMap { $0 }
        guard sound.count == conditions.count else { return .failed }
        let typedBranches = zip(sound, values).map {
            TypedExpression<Input>.Branch(condition: $0.expression, value: $1.expression)
        }
        let last = otherwise == nil ? nil : values.last?.expression
        return node(.conditional(typedBranches, otherwise: last), type: values[0].type, over: sound + values, range)
    }
}
