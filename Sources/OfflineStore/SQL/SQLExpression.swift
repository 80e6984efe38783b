/// How tightly an SQL expression holds together, loosest first.
///
/// Source: Postgres 15 manual, 4.1.6 "Operator Precedence".
package enum SQLPrecedence: Int, Comparable, Sendable {
    case or, and, not, isTest, comparison
    /// `||` and every operator without a level of its own.
    case otherOperator
    case additive, multiplicative, atTimeZone, collate, unaryMinus, cast
    /// A name, a literal, a call, anything in parentheses.
    case primary

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// An SQL expression that knows where it needs parentheses.
package struct SQLExpression: Hashable, Sendable {
    package let fragment: SQLFragment
    package let precedence: SQLPrecedence
    /// For an instant that is stored without a zone: the stored value, which is the same instant's clock in UTC.
    let clockInUTC: SQLFragment?
    /// For a list that is stored as an array: that array, whose dimensions and bounds nobody has looked at yet.
    let storedArray: SQLFragment?

    package init(_ fragment: SQLFragment, _ precedence: SQLPrecedence) {
        self.init(fragment, precedence, clockInUTC: nil)
    }

    init(
        _ fragment: SQLFragment, _ precedence: SQLPrecedence, clockInUTC: SQLFragment? = nil, storedArray: SQLFragment? = nil
    ) {
        self.fragment = fragment
        self.precedence = precedence
        self.clockInUTC = clockInUTC
        self.storedArray = storedArray
    }

    /// The expression as an operand of something that binds as tightly as `precedence`.
    package func operand(atLeast precedence: SQLPrecedence) -> SQLFragment {
        self.precedence >= precedence ? fragment : "(\(fragment))"
    }

    /// The expression as an operand that must bind tighter than `precedence`: a right side, or one of `a < b`.
    package func operand(above precedence: SQLPrecedence) -> SQLFragment {
        self.precedence > precedence ? fragment : "(\(fragment))"
    }
}
