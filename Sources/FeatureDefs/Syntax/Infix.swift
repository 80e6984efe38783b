/// Words that cannot be names unless quoted.
enum Keyword: String, Sendable, CaseIterable {
    case and, or, not, `is`, null, `true`, `false`, `in`, between, `case`, when, then, `else`, end
}

extension ExpressionToken {
    var keyword: Keyword? {
        guard case .name(let name) = kind, name.utf8.count <= 7 else { return nil }
        return Keyword(rawValue: name.lowercased())
    }
}

/// How tightly an operator binds, loosest first: Postgres' table.
enum Precedence: Int, Comparable, Sendable {
    case or = 1, and, not, `is`, comparison, range, append, additive, multiplicative, unary

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The next one, for the right side of an operator that groups to the left.
    var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .unary }
}

extension BinaryOperator {
    var precedence: Precedence {
        switch self {
        case .or: .or
        case .and: .and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
        case .append: .append
        case .add, .subtract: .additive
        case .multiply, .divide, .modulo: .multiplicative
        }
    }
}

/// What continues an expression after an operand.
enum Infix {
    case binary(BinaryOperator)
    case isNull
    case isIn(isNegated: Bool)
    case isBetween(isNegated: Bool)

    init?(_ token: ExpressionToken, followedBy next: ExpressionToken) {
        switch token.kind {
        case .symbol(let symbol):
            guard let binary = BinaryOperator(symbol) else { return nil }
            self = .binary(binary)
        case .name:
            guard let infix = Self.word(token.keyword, followedBy: next.keyword) else { return nil }
            self = infix
        case .integer, .float, .text, .quotedName, .end: return nil
        }
    }

    private static func word(_ keyword: Keyword?, followedBy next: Keyword?) -> Infix? {
        switch (keyword, next) {
        case (.and, _): .binary(.and)
        case (.or, _): .binary(.or)
        case (.is, _): .isNull
        case (.in, _): .isIn(isNegated: false)
        case (.between, _): .isBetween(isNegated: false)
        case (.not, .in): .isIn(isNegated: true)
        case (.not, .between): .isBetween(isNegated: true)
        case (_, _): nil
        }
    }

    var precedence: Precedence {
        switch self {
        case .binary(let binary): binary.precedence
        case .isNull: .is
        case .isIn, .isBetween: .range
        }
    }
}

extension BinaryOperator {
    fileprivate init?(_ symbol: ExpressionToken.Symbol) {
        switch symbol {
        case .plus: self = .add
        case .minus: self = .subtract
        case .times: self = .multiply
        case .over: self = .divide
        case .modulo: self = .modulo
        case .append: self = .append
        case .equal: self = .equal
        case .unequal, .alsoUnequal: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        case .open, .close, .comma, .dot: return nil
        }
    }
}
