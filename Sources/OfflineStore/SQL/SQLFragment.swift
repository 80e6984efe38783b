package import PostgresClient

/// A piece of SQL, put together from segments so that no text of a user's becomes SQL by accident.
///
/// Written as a Swift string: `"SELECT \(column) FROM \(table)"`. What the source code spells is SQL; what is
/// interpolated must be a fragment, a name or a literal. There is no way to interpolate a `String`.
package struct SQLFragment: Hashable, Sendable {
    /// What a fragment is made of.
    package enum Segment: Hashable, Sendable {
        /// SQL that our own code spells.
        case sql(String)
        /// `"amount"`, quoted when printed.
        case identifier(SQLIdentifier)
        /// `'settled'`, a constant of a definition, quoted when printed.
        case literal(SQLLiteral)
        /// `-- spend_7d`, at the end of a line; only people see it.
        case remark(String)
    }

    package private(set) var segments: [Segment] = []

    package init() {}

    package init(_ literal: SQLLiteral) {
        segments = [.literal(literal)]
    }

    /// A query that the user wrote as a source's `query:` or a spine; it is theirs to spell, and stands where a table would.
    /// A semicolon at its end is left out.
    package init(sourceQuery: String) {
        let end = sourceQuery.lastIndex { !$0.isWhitespace && $0 != ";" }
        segments = [.sql(end.map { String(sourceQuery[...$0]) } ?? sourceQuery)]
    }

    /// A type as Postgres' `format_type` spells it, quoted where it must be.
    init(databaseType: String) {
        segments = [.sql(databaseType)]
    }

    /// A number that the compiler chose, such as a column's ordinal.
    package init(number: Int) {
        segments = [.sql(String(number))]
    }

    /// A comment for people, at the end of a line: whoever writes it goes on with a line break. May quote anybody's text.
    package init(remark: String) {
        let words = remark.split { $0.isNewline || $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } }
        segments = [.remark(words.joined(separator: " "))]
    }

    package mutating func append(_ other: SQLFragment) {
        for segment in other.segments { append(segment) }
    }

    private mutating func append(_ segment: Segment) {
        if case .sql(let addition) = segment {
            guard !addition.isEmpty else { return }
            // Neighbours merge, so that equal SQL is an equal value however it was put together.
            if case .sql(let text) = segments.last {
                segments[segments.count - 1] = .sql(text + addition)
                return
            }
        }
        segments.append(segment)
    }

    package static func + (lhs: Self, rhs: Self) -> Self {
        var sum = lhs
        sum.append(rhs)
        return sum
    }

    package static func += (lhs: inout Self, rhs: Self) {
        lhs.append(rhs)
    }

    package var isEmpty: Bool { segments.isEmpty }

    /// The SQL as Postgres reads it.
    package var text: String {
        var text = ""
        for segment in segments {
            switch segment {
            case .sql(let sql): text += sql
            case .identifier(let identifier): text += identifier.quoted
            case .literal(let literal): text += literal.text
            case .remark: break
            }
        }
        return text
    }

    /// The same SQL for people: names without quotes where they need none, and with the remarks.
    package var readableText: String {
        var text = ""
        for segment in segments {
            switch segment {
            case .sql(let sql): text += sql
            case .identifier(let identifier): text += identifier.readable
            case .literal(let literal): text += literal.text
            case .remark(let remark): text += "  -- \(remark)"
            }
        }
        return text
    }
}

extension SQLFragment: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var fragment = SQLFragment()

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            fragment.append(.sql(literal))
        }

        package mutating func appendInterpolation(_ other: SQLFragment) {
            fragment.append(other)
        }

        /// The expression as it stands: the caller knows that nothing beside it binds tighter.
        package mutating func appendInterpolation(_ expression: SQLExpression) {
            fragment.append(expression.fragment)
        }

        package mutating func appendInterpolation(_ identifier: SQLIdentifier) {
            fragment.append(.identifier(identifier))
        }

        package mutating func appendInterpolation(_ literal: SQLLiteral) {
            fragment.append(.literal(literal))
        }
    }

    package init(stringLiteral value: String) {
        append(.sql(value))
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.fragment
    }
}

extension Sequence<SQLFragment> {
    /// The fragments one after the other: `a, b, c`.
    package func joined(separator: SQLFragment = ", ") -> SQLFragment {
        var result = SQLFragment()
        var isFirst = true
        for fragment in self {
            if !isFirst { result.append(separator) }
            result.append(fragment)
            isFirst = false
        }
        return result
    }
}
