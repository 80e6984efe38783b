/// A JSON document as it was written: numbers keep their digits, objects their order.
///
/// Foundation's decoders turn numbers into doubles on some paths; a feature store must tell 9007199254740993 from
/// 9007199254740992.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number's text, which follows JSON's grammar.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// What the value is called in messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
