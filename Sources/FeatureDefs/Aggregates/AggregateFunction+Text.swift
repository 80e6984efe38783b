extension AggregateFunction: CaseIterable {
    /// One of each kind: a `last_n` of 3 stands for all.
    package static let allCases: [AggregateFunction] = [
        .count, .distinctCount, .sum, .mean, .variance, .stddev, .min, .max, .first, .lastN(3),
    ]
}

/// Aggregates as plans keep them: `sum`, `last_n(5)`.
extension AggregateFunction: LosslessStringConvertible {
    /// As definitions write it: `sum`, `last_n`.
    package var name: String {
        switch self {
        case .count: "count"
        case .distinctCount: "distinct_count"
        case .sum: "sum"
        case .mean: "mean"
        case .variance: "variance"
        case .stddev: "stddev"
        case .min: "min"
        case .max: "max"
        case .first: "first"
        case .lastN: "last_n"
        }
    }

    /// The number of rows that `last_n` takes; nil for the others.
    package var rowLimit: Int? {
        if case .lastN(let count) = self { count } else { nil }
    }

    package var description: String { rowLimit.map { "\(name)(\($0))" } ?? name }

    /// `amount` in an aggregate's parentheses, with the number of rows after it where there is one: `last_n(amount, 5)`.
    func spelled(_ argument: String) -> String {
        "\(name)(\(argument)\(rowLimit.map { ", \($0)" } ?? ""))"
    }

    package init?(_ description: String) {
        if let plain = Self.allCases.first(where: { $0.rowLimit == nil && $0.name == description }) {
            self = plain
        } else if description.hasPrefix("last_n("), description.hasSuffix(")"),
            let count = Int(description.dropFirst("last_n(".count).dropLast()), Self.lastNCounts.contains(count)
        {
            self = .lastN(count)
        } else {
            return nil
        }
    }
}

extension AggregateFunction: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let function = AggregateFunction(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is not an aggregate")
        }
        self = function
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
