extension ColumnStorage: CaseIterable {
    package static let scalars: [ColumnStorage] = [
        .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bpchar, .bool, .timestamptz, .timestamp, .date, .bytea, .uuid,
        .numeric,
    ]

    package static let allCases = scalars + Element.allCases.map { .array($0) }
}

/// Storages as Postgres names its types: `int8`, `int8[]`. Plans keep these texts.
extension ColumnStorage: LosslessStringConvertible {
    package init?(_ description: String) {
        guard let storage = Self.byName[description] else { return nil }
        self = storage
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.description, $0) })

    package var description: String {
        switch self {
        case .int2: "int2"
        case .int4: "int4"
        case .int8: "int8"
        case .float4: "float4"
        case .float8: "float8"
        case .text: "text"
        case .varchar: "varchar"
        case .bpchar: "bpchar"
        case .bool: "bool"
        case .timestamptz: "timestamptz"
        case .timestamp: "timestamp"
        case .date: "date"
        case .bytea: "bytea"
        case .uuid: "uuid"
        case .numeric: "numeric"
        case .array(let element): "\(element.rawValue)[]"
        }
    }
}

extension ColumnStorage: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let storage = ColumnStorage(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is not a storage")
        }
        self = storage
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
