/// How two training sets differ in what they hold.
package struct TrainingSetDifference: Codable, Hashable, Sendable {
    /// A column that both have, and in which some rows differ.
    package struct ColumnDifference: Codable, Hashable, Sendable {
        package let column: String
        /// Rows in which the values differ.
        package let rows: Int
        /// The greatest distance of two numbers; nil when none of the differences is between numbers.
        package let largest: Double?
        package let examples: [Example]
    }

    /// One differing value. A value that is nil is NULL.
    package struct Example: Codable, Hashable, Sendable {
        /// The row's place in each, from 1.
        package let rowInA: Int
        package let rowInB: Int
        package let a: String?
        package let b: String?
    }

    /// A column that both have, of different types by their own account.
    package struct TypeDifference: Codable, Hashable, Sendable {
        package let column: String
        package let a: String
        package let b: String
    }

    /// How rows were brought together.
    package enum Alignment: String, Codable, Hashable, Sendable {
        /// The n-th with the n-th: both come from the same spine.
        case position
        /// By the values of the columns that both spines have.
        case spine
    }

    package let rowsInA: Int
    package let rowsInB: Int
    package let alignment: Alignment
    /// Rows of one without a partner in the other.
    package let rowsOnlyInA: Int
    package let rowsOnlyInB: Int
    package let columnsOnlyInA: [String]
    package let columnsOnlyInB: [String]
    package let columns: [ColumnDifference]
    /// Of the columns that say their type in both.
    package let types: [TypeDifference]
    /// Whether the columns that both have stand in another order.
    package let isReordered: Bool

    package var isEmpty: Bool {
        rowsOnlyInA == 0 && rowsOnlyInB == 0 && columnsOnlyInA.isEmpty && columnsOnlyInB.isEmpty && columns.isEmpty
            && types.isEmpty && !isReordered
    }
}
