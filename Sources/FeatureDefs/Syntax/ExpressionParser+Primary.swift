/// What stands between operators: literals, names, calls, parentheses, `case`.
extension ExpressionParser {
    mutating func primary() throws(Diagnostic) -> SyntaxExpression {
        let token = current
        switch token.kind {
        case .integer(let magnitude):
            guard let value = Int64(exactly: magnitude) else {
                throw .numberOutOfRange(String(magnitude), at: source.span(of: token.range))
            }
            return literal(.int64(value))
        case .float(let value): return literal(.float64(value))
        case .text(let text): return literal(.string(text))
        case .symbol(.open):
            advance()
            let inner = try expression()
            try expect(.close)
            return SyntaxExpression(inner.node, token.range.lowerBound..<previousEnd)
        case .quotedName(let name): return try named(name, isQuoted: true)
        case .name(let name):
            if let keyword = token.keyword { return try reserved(keyword) }
            if let call = try call(name) { return call }
            return try named(name, isQuoted: false)
        case .symbol, .end: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: FeatureValue) -> SyntaxExpression {
        let range = current.range
        advance()
        return SyntaxExpression(.literal(value), range)
    }

    private mutating func reserved(_ keyword: Keyword) throws(Diagnostic) -> SyntaxExpression {
        switch keyword {
        case .null: return literal(.null)
        case .true: return literal(.bool(true))
        case .false: return literal(.bool(false))
        case .case: return try conditional()
        case .and, .or, .not, .is, .in, .between, .when, .then, .else, .end: throw unexpected("a value")
        }
    }

    /// `name` or `view.feature`, the current token being the first name.
    private mutating func named(_ name: String, isQuoted: Bool) throws(Diagnostic) -> SyntaxExpression {
        let start = current.range.lowerBound
        advance()
        guard skip(.dot) else { return SyntaxExpression(.name(name, isQuoted: isQuoted), start..<previousEnd) }
        switch current.kind {
        case .name(let feature), .quotedName(let feature):
            advance()
            return SyntaxExpression(.qualified(view: name, feature: feature), start..<previousEnd)
        case .integer, .float, .text, .symbol, .end: throw unexpected("a feature's name")
        }
    }

    /// `f(...)`, `cast(x as t)`, `extract(f from t)`, `timestamp '...'`; nil when the name is none of these.
    private mutating func call(_ name: String) throws(Diagnostic) -> SyntaxExpression? {
        let start = current.range
        let lowercased = name.lowercased()
        if lowercased == "timestamp", case .text(let text) = lookahead(1).kind {
            guard let timestamp = Timestamp(text) else {
                throw .invalidTimestamp(text, at: source.span(of: lookahead(1).range))
            }
            advance()
            advance()
            return SyntaxExpression(.literal(.timestamp(timestamp)), start.lowerBound..<previousEnd)
        }
        guard lookahead(1).kind == .symbol(.open) else { return nil }
        advance()
        advance()
        let node: SyntaxExpression.Node
        switch lowercased {
        case "cast":
            let operand = try expression()
            try expect(word: "as")
            node = .cast(operand, to: try type())
            try expect(.close)
        case "extract":
            let field = try word("a field such as `hour`")
            try expect(word: "from")
            node = .extract(field, from: try expression())
            try expect(.close)
        default:
            node = .call(SyntaxName(text: lowercased, range: start), try arguments())
        }
        return SyntaxExpression(node, start.lowerBound..<previousEnd)
    }

    /// The rest of `(a, b)` after its opening parenthesis.
    mutating func arguments() throws(Diagnostic) -> [SyntaxExpression] {
        if skip(.close) { return [] }
        var arguments = [try argument()]
        while skip(.comma) { arguments.append(try argument()) }
        guard skip(.close) else {
            // `{latest: coalesce(a, b)}`: YAML took the comma for its own.
            if current.kind == .end, source.style == .plain {
                throw unexpected("`,` or `)`", help: [Diagnostic.commaInBraces])
            }
            throw unexpected("`,` or `)`")
        }
        return arguments
    }

    private mutating func argument() throws(Diagnostic) -> SyntaxExpression {
        // `count(*)` is the commonest slip of those who know SQL.
        if current.kind == .symbol(.times) { throw .starInExpression(at: source.span(of: current.range)) }
        return try expression()
    }

    private mutating func conditional() throws(Diagnostic) -> SyntaxExpression {
        let start = current.range.lowerBound
        advance()
        let operand = current.keyword == .when ? nil : try expression()
        var branches: [SyntaxExpression.Branch] = []
        try expect(.when)
        repeat {
            let condition = try expression()
            try expect(.then)
            branches.append(.init(condition: condition, value: try expression()))
        } while skip(.when)
        let otherwise = skip(.else) ? try expression() : nil
        guard skip(.end) else { throw unexpected(otherwise == nil ? "`when`, `else` or `end`" : "`end`") }
        return SyntaxExpression(.conditional(operand: operand, branches, otherwise: otherwise), start..<previousEnd)
    }

    private mutating func word(_ expected: String) throws(Diagnostic) -> SyntaxName {
        guard case .name(let name) = current.kind else { throw unexpected(expected) }
        let range = current.range
        advance()
        return SyntaxName(text: name.lowercased(), range: range)
    }

    /// `float64`, `list<int64>`, `vector<384>`: with its parameter, as one name.
    private mutating func type() throws(Diagnostic) -> SyntaxName {
        let name = try word("a type")
        guard skip(.less) else { return name }
        let parameter: String
        if case .integer(let length) = current.kind {
            parameter = String(length)
            advance()
        } else {
            parameter = try word("a type or a number of elements").text
        }
        guard skip(.greater) else { throw unexpected("`>`") }
        return SyntaxName(text: "\(name.text)<\(parameter)>", range: name.range.lowerBound..<previousEnd)
    }

    private mutating func expect(word: String) throws(Diagnostic) {
        guard case .name(let name) = current.kind, name.lowercased() == word else { throw unexpected("`\(word)`") }
        advance()
    }
}
