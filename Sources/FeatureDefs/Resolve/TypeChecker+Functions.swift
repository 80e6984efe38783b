/// Functions, casts and `extract`.
extension TypeChecker {
    mutating func checkCall(_ name: SyntaxName, _ arguments: [SyntaxExpression], _ range: Range<Int>) -> Checked<Input> {
        if name.text == "lossy_float64" { return checkLossy(arguments, range) }
        guard let (function, signature) = FunctionTable.functions[name.text] else {
            sink.report(.unknownFunction(name.text, at: source.span(name.range), known: FunctionTable.names))
            return .failed
        }
        guard signature.counts.contains(arguments.count) else {
            sink.report(
                .wrongArgumentCount(name.text, takes: signature.countText, found: arguments.count, at: source.span(range))
            )
            return .failed
        }
        let checked = arguments.map { check($0) }
        switch signature {
        case .fixed(let types, _, let result):
            let typed = zip(types, checked).map { expect($0, $1, of: name.text) }
            let sound = typed.compactMap { $0 }
            return sound.count == typed.count ? call(function, sound, type: result, range) : .failed
        case .number:
            guard let operand = number(checked[0], of: name.text) else { return .failed }
            return call(function, [operand], type: operand.type, range)
        case .anyOfOneType:
            guard let operands = unify(checked, of: name.text, range) else { return .failed }
            return call(function, operands, type: operands[0].type, range)
        case .orderedOfOneType:
            guard let operands = unify(checked, of: name.text, range), isOrdered(operands[0], for: name.text) else {
                return .failed
            }
            return call(function, operands, type: operands[0].type, range)
        case .sized:
            if case .typed(let operand) = checked[0], operand.type.scalar == nil {
                return call(.elementCount, [operand], type: .int64, range)
            }
            guard let text = expect(.string, checked[0], of: name.text) else { return .failed }
            return call(function, [text], type: .int64, range)
        case .texts:
            let typed = checked.map { expect(.string, $0, of: name.text) }
            let sound = typed.compactMap { $0 }
            return sound.count == typed.count ? call(function, sound, type: .string, range) : .failed
        }
    }

    private mutating func checkLossy(_ arguments: [SyntaxExpression], _ range: Range<Int>) -> Checked<Input> {
        guard arguments.count == 1 else {
            sink.report(.wrongArgumentCount("lossy_float64", takes: "1 argument", found: arguments.count, at: source.span(range)))
            return .failed
        }
        guard case .name(let column, _) = arguments[0].node else {
            sink.report(.lossyFloat64NeedsDecimal(at: source.span(arguments[0].range)))
            return .failed
        }
        let source = source
        let input = scope.resolveLossy(column, at: source.span(arguments[0].range), into: &sink)
        return input.map { .typed(Typed(leaf: $0, range: range)) } ?? .failed
    }

    mutating func checkCast(_ operand: SyntaxExpression, _ name: SyntaxName, _ range: Range<Int>) -> Checked<Input> {
        let operand = check(operand)
        guard let target = FeatureType(name.text) else {
            sink.report(.unknownType(name.text, at: source.span(name.range)))
            return .failed
        }
        switch operand {
        case .failed: return .failed
        case .untypedNull: return .typed(null(target, range))
        case .typed(let typed):
            if typed.type == target { return operand }
            if typed.type.isNumeric, target == .float64 { return .typed(typed.widened) }
            if typed.type.isNumeric, target == .int64 { return call(.toInt64, [typed.widened], type: .int64, range) }
            if typed.type == .list(.float32), case .vector(let length) = target {
                let length = Typed(leaf: TypedExpression<Input>(.literal(.int64(Int64(length))), type: .int64), range: name.range)
                return call(.toVector, [typed, length], type: target, range)
            }
            sink.report(.invalidCast(from: typed.type, to: target.description, at: source.span(typed.range)))
            return .failed
        }
    }

    mutating func checkExtract(_ name: SyntaxName, _ operand: SyntaxExpression, _ range: Range<Int>) -> Checked<Input> {
        let operand = check(operand)
        guard let field = TimestampField(rawValue: name.text) else {
            sink.report(.unknownField(name.text, at: source.span(name.range)))
            return .failed
        }
        guard let typed = expect(.timestamp, operand, of: "extract") else { return .failed }
        return node(.extract(field, typed.expression), type: field.resultType, over: [typed], range)
    }
}
