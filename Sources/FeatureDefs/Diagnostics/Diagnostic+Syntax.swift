// AS0020 to AS0031: what the expression lexer and parser refuse.
extension Diagnostic {
    static func unexpectedToken(expected: String, found: String, at span: SourceSpan, help: [String] = []) -> Diagnostic {
        Diagnostic(.unexpectedToken, "expected \(expected), found \(found)", at: Label(span, "expected \(expected)"), help: help)
    }

    static let commaInBraces = "within `{}` YAML ends a value at a comma: put the expression in quotes"

    static func emptyInList(at span: SourceSpan) -> Diagnostic {
        unexpectedToken(expected: "a value in the list of `in`", found: "`)`", at: span)
    }

    static func emptyQuotedName(at span: SourceSpan) -> Diagnostic {
        unexpectedToken(expected: "a name between the quotes", found: "nothing", at: span)
    }

    static func unterminated(_ what: String, quote: Character, at span: SourceSpan) -> Diagnostic {
        let help =
            what == "text"
            ? "end it with `'`; a quote inside it is written twice, as in 'it''s'"
            : "end it with `\"`; texts stand in single quotes"
        return Diagnostic(.unterminated, "this \(what) has no closing `\(quote)`", at: Label(span, "begins here"), help: [help])
    }

    static func unknownCharacter(_ character: Character, at span: SourceSpan) -> Diagnostic {
        let help: [String] =
            switch character {
            case "&": ["logical and is `and`"]
            case "|": ["logical or is `or`; `||` joins texts"]
            case "!": ["logical not is `not`; not equal is `<>`"]
            case "^": ["a power is `power(a, b)`"]
            case ":": ["a conversion is `cast(x as float64)`"]
            default: character.isLetter ? ["a column whose name has other letters than a-z stands in double quotes"] : []
            }
        return Diagnostic(.unknownCharacter, "expressions do not use the character `\(character)`", at: Label(span), help: help)
    }

    /// What other languages write, and the lexer would take apart.
    static let foreignOperators: [(spelling: String, help: String)] = [
        ("===", "equality is `=`"), ("==", "equality is `=`"), ("!==", "inequality is `<>`"), ("=>", "write `>=`"),
        ("=<", "write `<=`"), ("**", "a power is `power(a, b)`"), ("&&", "logical and is `and`"),
        ("::", "a conversion is `cast(x as float64)`"),
    ]

    static func foreignOperator(_ spelling: String, help: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.foreignOperator, "`\(spelling)` is not an operator of expressions", at: Label(span), help: [help])
    }

    static func expressionTooLong(bytes: Int, limit: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .expressionTooLong, "the expression has \(bytes) bytes, more than the \(limit) that one may have", at: Label(span),
            help: ["compute it in a source query"]
        )
    }

    static func expressionTooLarge(limit: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .expressionTooLarge, "the expression stands for more than \(limit) operations", at: Label(span),
            help: ["`in`, `between` and `case x when` repeat their operand; name it as a column in a source query"]
        )
    }

    static func emptyExpression(at span: SourceSpan) -> Diagnostic {
        Diagnostic(.emptyExpression, "an expression is missing here", at: Label(span), help: ["write a column's name, or more"])
    }

    static func chainedComparison(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .chainedComparison, "comparisons cannot be chained", at: Label(span, "a second comparison"),
            help: ["write `a < b and b < c`, or `b between a and c`"]
        )
    }

    static func malformedNumber(_ text: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .malformedNumber, "`\(text)` is not a number", at: Label(span),
            help: ["numbers look like `42`, `0.5` or `1e6`; names begin with a letter"]
        )
    }

    static func numberOutOfRange(_ text: String, at span: SourceSpan) -> Diagnostic {
        let shown = text.utf8.count > 40 ? text.prefix(40) + "..." : text[...]
        return Diagnostic(
            .numberOutOfRange, "`\(shown)` does not fit", at: Label(span, "out of range"),
            help: [
                "whole numbers reach from -9223372036854775808 to 9223372036854775807; others are float64, from 5e-324 to 1.8e308"
            ]
        )
    }

    static func invalidTimestamp(_ text: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .invalidTimestamp, "`\(text)` is not a timestamp", at: Label(span),
            help: [
                "write it as in `timestamp '2024-01-31T10:00:00Z'`; UTC unless it says otherwise, at most 6 digits of fraction"
            ]
        )
    }

    static func starInExpression(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .starInExpression, "`*` stands for rows only alone, after the key `count`", at: Label(span),
            help: ["write `{count: \"*\", window: 7d}`; aggregates are keys of a feature, not functions"]
        )
    }
}
