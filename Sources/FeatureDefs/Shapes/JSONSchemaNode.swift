/// A piece of a JSON Schema: JSON, whose objects print with sorted keys.
package indirect enum JSONSchemaNode: Hashable, Sendable, Encodable {
    case object([String: JSONSchemaNode])
    case array([JSONSchemaNode])
    case string(String)
    case number(Double)
    case integer(Int)
    case bool(Bool)

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members): try members.encode(to: encoder)
        case .array(let items): try items.encode(to: encoder)
        case .string(let text): try text.encode(to: encoder)
        case .number(let number): try number.encode(to: encoder)
        case .integer(let number): try number.encode(to: encoder)
        case .bool(let value): try value.encode(to: encoder)
        }
    }
}

extension JSONSchemaNode: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONSchemaNode...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONSchemaNode)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}
