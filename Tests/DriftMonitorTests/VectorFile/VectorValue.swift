/// A value of the vector file, and of what we compute to hold against it.
indirect enum VectorValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without a fraction, kept whole: differences in units of the last place pass 2^63.
    case integer(UInt64)
    case number(Double)
    case string(String)
    case list([VectorValue])
    case object([String: VectorValue])
}

extension VectorValue: Decodable {
    init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: Key.self) {
            self = .object(
                try Dictionary(
                    uniqueKeysWithValues: fields.allKeys.map { ($0.stringValue, try fields.decode(VectorValue.self, forKey: $0)) }
                ))
            return
        }
        if var elements = try? decoder.unkeyedContainer() {
            var list: [VectorValue] = []
            while !elements.isAtEnd { list.append(try elements.decode(VectorValue.self)) }
            self = .list(list)
            return
        }
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(UInt64.self) {
            self = .integer(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try single.decode(String.self))
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension VectorValue: ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral {
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(stringLiteral value: String) { self = .string(value) }

    init(_ value: Int) { self = value >= 0 ? .integer(UInt64(value)) : .number(Double(value)) }
    init(_ values: [Double]) { self = .list(values.map { .number($0) }) }
    init(_ values: [Int]) { self = .list(values.map { VectorValue($0) }) }
    init(_ values: [Bool]) { self = .list(values.map { .bool($0) }) }
    init(_ rows: [[Double]]) { self = .list(rows.map { VectorValue($0) }) }
}

/// Reading inputs: a missing or odd one throws, and so fails the test of its case.
extension VectorValue {
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    subscript(key: String) -> VectorValue {
        get throws {
            guard case .object(let fields) = self, let value = fields[key] else {
                throw Unexpected(description: "no field `\(key)`")
            }
            return value
        }
    }

    func has(_ key: String) -> Bool {
        if case .object(let fields) = self { fields[key] != nil } else { false }
    }

    var fields: [String: VectorValue] {
        if case .object(let fields) = self { fields } else { [:] }
    }

    var number: Double {
        get throws {
            switch self {
            case .integer(let value): return Double(value)
            case .number(let value): return value
            case .bool(let value): return value ? 1 : 0
            case .null, .string, .list, .object: throw Unexpected(description: "not a number: \(self)")
            }
        }
    }

    var int: Int { get throws { Int(try number) } }

    var text: String {
        get throws {
            guard case .string(let text) = self else { throw Unexpected(description: "not a text: \(self)") }
            return text
        }
    }

    var elements: [VectorValue] {
        get throws {
            guard case .list(let list) = self else { throw Unexpected(description: "not a list: \(self)") }
            return list
        }
    }

    var numbers: [Double] { get throws { try elements.map { try $0.number } } }
    var ints: [Int] { get throws { try elements.map { try $0.int } } }
    var rows: [[Double]] { get throws { try elements.map { try $0.numbers } } }
}
