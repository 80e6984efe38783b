/// An expression as the user wrote it: untyped, names unbound, sugar whole. Ranges are of the expression's UTF-8.
struct SyntaxExpression: Sendable {
    let node: Node
    let range: Range<Int>
    /// 1 for a literal or a name.
    let depth: Int

    init(_ node: Node, _ range: Range<Int>) {
        self.node = node
        self.range = range
        depth = 1 + (node.children.lazy.map(\.depth).max() ?? 0)
    }

    indirect enum Node: Sendable {
        /// `42`, `'x'`, `timestamp '2024-01-01'`, `null`
        case literal(FeatureValue)
        /// `amount`, `"Amount"`
        case name(String, isQuoted: Bool)
        /// `card_activity.spend_7d`
        case qualified(view: String, feature: String)
        /// `-x`, `not x`
        case unary(UnaryOperator, SyntaxExpression)
        /// `a + b`; the operator with its range
        case binary(BinaryOperator, Range<Int>, SyntaxExpression, SyntaxExpression)
        /// `x is null`, `x is not null`
        case isNull(SyntaxExpression, isNegated: Bool)
        /// `x in (1, 2)`, `x not in (1, 2)`
        case isIn(SyntaxExpression, [SyntaxExpression], isNegated: Bool)
        /// `x between a and b`, `x not between a and b`
        case isBetween(SyntaxExpression, SyntaxExpression, SyntaxExpression, isNegated: Bool)
        /// `case [operand] when c then v ... [else e] end`
        case conditional(operand: SyntaxExpression?, [Branch], otherwise: SyntaxExpression?)
        /// `coalesce(a, 0)`
        case call(SyntaxName, [SyntaxExpression])
        /// `cast(x as int64)`
        case cast(SyntaxExpression, to: SyntaxName)
        /// `extract(hour from t)`
        case extract(SyntaxName, from: SyntaxExpression)
    }

    struct Branch: Sendable {
        let condition: SyntaxExpression
        let value: SyntaxExpression
    }
}

/// A word with its place: a function, a type, a field.
struct SyntaxName: Sendable {
    let text: String
    let range: Range<Int>
}

enum UnaryOperator: String, Sendable {
    case negate = "-"
    case not
}

enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case append = "||"
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and
    case or

    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        case .add, .subtract, .multiply, .divide, .modulo, .append, .and, .or: false
        }
    }
}

extension SyntaxExpression.Node {
    /// The direct sub-expressions, left to right. The only place that knows the shape of the tree.
    var children: [SyntaxExpression] {
        switch self {
        case .literal, .name, .qualified: []
        case .unary(_, let operand), .isNull(let operand, _), .cast(let operand, _), .extract(_, let operand): [operand]
        case .binary(_, _, let lhs, let rhs): [lhs, rhs]
        case .isIn(let operand, let list, _): [operand] + list
        case .isBetween(let operand, let low, let high, _): [operand, low, high]
        case .conditional(let operand, let branches, let otherwise):
            (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.value] } + (otherwise.map { [$0] } ?? [])
        case .call(_, let arguments): arguments
        }
    }
}

/// A parsed expression with the scalar that holds it.
struct ParsedExpression: Sendable {
    let source: ScalarText
    let root: SyntaxExpression

    func span(_ range: Range<Int>) -> SourceSpan { source.span(of: range) }
}
