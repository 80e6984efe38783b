package import FeatureDefs

/// What a source's rows were held to, and what was found.
package struct SourceCheckReport: Hashable, Sendable, Encodable {
    package enum Outcome: String, Hashable, Sendable, Encodable {
        case pass, fail
        /// There was nothing to judge by: no row, or a column of another type.
        case inconclusive
    }

    package enum Kind: String, Hashable, Sendable, Encodable, CaseIterable {
        case type, nulls, nans, range, domain, freshness, uniqueness
    }

    /// One expectation.
    package struct Check: Hashable, Sendable, Encodable {
        package let kind: Kind
        /// Of uniqueness several, with commas; nil of freshness.
        package let column: String?
        /// As in the definitions: `0 .. 100`.
        package let expected: String
        /// In words, with the numbers.
        package let found: String
        package let breaches: Int64
        /// The rows or values that could have broken it.
        package let judged: Int64
        package let outcome: Outcome
        /// Some of the rows that break it: `card_id 7, occurred_at 2024-03-01 12:00:00+00: -5`.
        package var examples: [String] = []
    }

    package let source: String
    /// Only rows that became available from then on; nil: all.
    package let since: Timestamp?
    package let checkedAt: Timestamp
    package let rows: Int64
    package var checks: [Check]

    package var outcome: Outcome {
        if checks.contains(where: { $0.outcome == .fail }) { return .fail }
        return checks.contains { $0.outcome == .inconclusive } ? .inconclusive : .pass
    }

    /// What is broken, by which rows, on one line.
    var brokenText: String {
        checks.filter { $0.outcome == .fail }.map { check in
            let examples = check.examples.isEmpty ? "" : " (\(check.examples.joined(separator: "; ")))"
            return "\(check.column ?? source): \(check.kind.rawValue) \(check.expected), \(check.found)\(examples)"
        }.joined(separator: "; ")
    }

    private enum CodingKeys: String, CodingKey { case source, since, checkedAt, rows, checks, outcome }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .source)
        try container.encodeIfPresent(since?.description, forKey: .since)
        try container.encode(checkedAt.description, forKey: .checkedAt)
        try container.encode(rows, forKey: .rows)
        try container.encode(checks, forKey: .checks)
        try container.encode(outcome, forKey: .outcome)
    }
}
