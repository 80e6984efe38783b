/// A word of an expression, with its place in the expression's UTF-8.
struct ExpressionToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// `42`; without a sign
        case integer(UInt64)
        /// `4.2`, `1e6`
        case float(Double)
        /// `'it''s'`
        case text(String)
        /// `amount`; keywords are names until the parser asks for them
        case name(String)
        /// `"Amount"`: never a keyword
        case quotedName(String)
        /// `+`, `<=`, `(`
        case symbol(Symbol)
        case end
    }

    enum Symbol: String, Hashable, Sendable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case unequal = "<>"
        case alsoUnequal = "!="
        case append = "||"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
        case modulo = "%"
        case equal = "="
        case less = "<"
        case greater = ">"
        case open = "("
        case close = ")"
        case comma = ","
        case dot = "."
    }

    let kind: Kind
    let range: Range<Int>

    /// As a message names it: "expected `)`, found ...".
    var description: String {
        switch kind {
        case .integer(let value): "`\(value)`"
        case .float(let value): "`\(value)`"
        case .text: "a text"
        case .name(let name): "`\(name)`"
        case .quotedName(let name): "`\"\(name)\"`"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .end: "the end of the expression"
        }
    }
}
