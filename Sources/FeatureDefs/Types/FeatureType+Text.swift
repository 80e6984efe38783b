/// Types as definitions, plans and messages write them: `int64`, `list<int64>`, `vector<384>`.
extension FeatureType: LosslessStringConvertible {
    /// The numbers of elements that a vector may have.
    package static let vectorLengths = 1...65_536

    /// What a definition may write, for messages.
    package static let spellings = scalars.map(\.description) + ["list<int64>", "vector<384>"]

    package init?(_ description: String) {
        if let scalar = Scalar(rawValue: description) {
            self.init(scalar)
        } else if let element = Self.parameter(of: "list", in: description) {
            guard let scalar = Scalar(rawValue: element) else { return nil }
            self = .list(scalar)
        } else if let digits = Self.parameter(of: "vector", in: description) {
            guard let length = Int(digits), String(length) == digits, Self.vectorLengths.contains(length) else { return nil }
            self = .vector(length)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .int64, .float64, .float32, .string, .bool, .timestamp, .bytes, .uuid: scalar?.rawValue ?? ""
        case .list(let element): "list<\(element.rawValue)>"
        case .vector(let length): "vector<\(length)>"
        }
    }

    /// What stands between the angle brackets of a type of a name.
    static func parameter(of name: String, in text: String) -> String? {
        guard text.hasPrefix(name + "<"), text.hasSuffix(">") else { return nil }
        return String(text.dropFirst(name.count + 1).dropLast())
    }
}

extension FeatureType: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let type = FeatureType(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is not a type")
        }
        self = type
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
