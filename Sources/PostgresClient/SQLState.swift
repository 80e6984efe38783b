/// A Postgres error code of five characters, such as `42P01`.
package struct SQLState: Sendable, Hashable, CustomStringConvertible {
    package let code: String

    package init(_ code: String) {
        self.code = code
    }

    package var description: String { code }

    package static let uniqueViolation = SQLState("23505")
    package static let invalidTextRepresentation = SQLState("22P02")
    package static let invalidDatetimeFormat = SQLState("22007")
    package static let numericValueOutOfRange = SQLState("22003")
    package static let divisionByZero = SQLState("22012")
    package static let syntaxError = SQLState("42601")
    package static let undefinedColumn = SQLState("42703")
    package static let undefinedTable = SQLState("42P01")
    package static let undefinedFunction = SQLState("42883")
    package static let duplicateTable = SQLState("42P07")
    package static let insufficientPrivilege = SQLState("42501")
    package static let serializationFailure = SQLState("40001")
    package static let deadlockDetected = SQLState("40P01")
    package static let featureNotSupported = SQLState("0A000")
    package static let queryCanceled = SQLState("57014")
}
