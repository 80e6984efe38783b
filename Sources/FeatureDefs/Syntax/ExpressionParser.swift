/// Parses expressions by precedence climbing. Precedences are Postgres', low to high: `or`, `and`, `not`, `is`, comparison
/// (no chains), `between` and `in`, `||`, `+ -`, `* / %`, unary `-`.
struct ExpressionParser {
    /// In bytes of UTF-8.
    static let sizeLimit = 64 << 10
    /// Levels of the tree: every later stage walks it by recursion.
    static let depthLimit = 200

    let source: ScalarText
    private let tokens: [ExpressionToken]
    private var position = 0
    private var nesting = 0

    /// The expression, or nil when it has a mistake, which is reported.
    static func parse(_ source: ScalarText, into sink: inout DiagnosticSink) -> ParsedExpression? {
        guard source.text.utf8.count <= sizeLimit else {
            sink.report(.expressionTooLong(bytes: source.text.utf8.count, limit: sizeLimit, at: source.span(of: 0..<1)))
            return nil
        }
        guard let tokens = ExpressionLexer.tokens(of: source, into: &sink) else { return nil }
        guard tokens.count > 1 else {
            sink.report(.emptyExpression(at: source.source.span(source.start..<min(source.start + 1, source.source.utf8.count))))
            return nil
        }
        var parser = ExpressionParser(source: source, tokens: tokens)
        do throws(Diagnostic) {
            let root = try parser.expression()
            guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end of the expression") }
            return ParsedExpression(source: source, root: root)
        } catch {
            sink.report(error)
            return nil
        }
    }

    private init(source: ScalarText, tokens: [ExpressionToken]) {
        self.source = source
        self.tokens = tokens
    }

    // MARK: Tokens

    var current: ExpressionToken { tokens[min(position, tokens.count - 1)] }

    /// The end of the token before the current one.
    var previousEnd: Int { position == 0 ? 0 : tokens[position - 1].range.upperBound }

    func lookahead(_ distance: Int) -> ExpressionToken { tokens[min(position + distance, tokens.count - 1)] }

    mutating func advance() { position += 1 }

    mutating func skip(_ symbol: ExpressionToken.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(_ keyword: Keyword) -> Bool {
        guard current.keyword == keyword else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: ExpressionToken.Symbol) throws(Diagnostic) {
        guard skip(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
    }

    mutating func expect(_ keyword: Keyword) throws(Diagnostic) {
        guard skip(keyword) else { throw unexpected("`\(keyword.rawValue)`") }
    }

    func unexpected(_ expected: String, help: [String] = []) -> Diagnostic {
        let range = current.range.isEmpty ? max(0, previousEnd - 1)..<previousEnd : current.range
        return .unexpectedToken(expected: expected, found: current.description, at: source.span(of: range), help: help)
    }

    // MARK: Operators

    mutating func expression() throws(Diagnostic) -> SyntaxExpression {
        try operand(minimum: .or)
    }

    /// An expression whose operators bind at least as tightly as `minimum`.
    mutating func operand(minimum: Precedence) throws(Diagnostic) -> SyntaxExpression {
        nesting += 1
        defer { nesting -= 1 }
        // Both the right side of an operator and a parenthesis nest, so that a level of the tree may take two.
        guard nesting <= 2 * Self.depthLimit else { throw tooDeep(at: current.range) }
        var left = try prefix(minimum: minimum)
        while let infix = Infix(current, followedBy: lookahead(1)), infix.precedence >= minimum {
            left = try extended(left, by: infix)
            guard left.depth <= Self.depthLimit else { throw tooDeep(at: left.range) }
        }
        return left
    }

    private func tooDeep(at range: Range<Int>) -> Diagnostic {
        .nestingTooDeep("expression", limit: Self.depthLimit, at: source.span(of: range.lowerBound..<range.lowerBound + 1))
    }

    private mutating func prefix(minimum: Precedence) throws(Diagnostic) -> SyntaxExpression {
        let start = current.range.lowerBound
        if minimum <= .not, skip(.not) {
            let operand = try operand(minimum: .not)
            return SyntaxExpression(.unary(.not, operand), start..<previousEnd)
        }
        guard skip(.minus) else { return try primary() }
        // Here, so that the least int64 can be written.
        if case .integer(let magnitude) = current.kind {
            advance()
            return SyntaxExpression(.literal(.int64(Int64(truncatingIfNeeded: 0 &- magnitude))), start..<previousEnd)
        }
        if case .float(let value) = current.kind {
            advance()
            return SyntaxExpression(.literal(.float64(-value)), start..<previousEnd)
        }
        let operand = try operand(minimum: .unary)
        return SyntaxExpression(.unary(.negate, operand), start..<previousEnd)
    }

    private mutating func extended(_ left: SyntaxExpression, by infix: Infix) throws(Diagnostic) -> SyntaxExpression {
        let start = left.range.lowerBound
        let operatorRange = current.range
        switch infix {
        case .binary(let binary):
            advance()
            let right = try operand(minimum: binary.precedence.tighter)
            if binary.precedence == .comparison, let next = Infix(current, followedBy: lookahead(1)),
                next.precedence == .comparison
            {
                throw .chainedComparison(at: source.span(of: current.range))
            }
            return SyntaxExpression(.binary(binary, operatorRange, left, right), start..<previousEnd)
        case .isNull:
            advance()
            let isNegated = skip(.not)
            try expect(.null)
            return SyntaxExpression(.isNull(left, isNegated: isNegated), start..<previousEnd)
        case .isIn(let isNegated):
            position += isNegated ? 2 : 1
            try expect(.open)
            let list = try arguments()
            guard !list.isEmpty else { throw .emptyInList(at: source.span(of: operatorRange)) }
            return SyntaxExpression(.isIn(left, list, isNegated: isNegated), start..<previousEnd)
        case .isBetween(let isNegated):
            position += isNegated ? 2 : 1
            let low = try operand(minimum: .append)
            try expect(.and)
            let high = try operand(minimum: .append)
            return SyntaxExpression(.isBetween(left, low, high, isNegated: isNegated), start..<previousEnd)
        }
    }
}
