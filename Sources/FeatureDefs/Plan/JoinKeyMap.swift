/// Which of the caller's columns each join key of a view is read from: `{airport: origin_airport}`. A key that is not
/// named is read from the column of its own name.
package struct JoinKeyMap: Hashable, Sendable, Codable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    /// Only what differs, so that equal maps are equal.
    private let columns: [String: String]

    /// Every key is read from the column of its own name.
    package static let own = JoinKeyMap([:])

    package init(_ columns: [String: String]) {
        self.columns = columns.filter { $0.key != $0.value }
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements) { first, _ in first })
    }

    package init(from decoder: any Decoder) throws {
        self.init(try [String: String](from: decoder))
    }

    package func encode(to encoder: any Encoder) throws { try columns.encode(to: encoder) }

    package var isOwn: Bool { columns.isEmpty }

    /// The column of a key.
    package func column(of key: String) -> String { columns[key] ?? key }

    /// The keys whose columns have other names, sorted.
    package var entries: [(key: String, column: String)] {
        columns.sorted { $0.key < $1.key }.map { (key: $0.key, column: $0.value) }
    }

    /// `(airport: origin_airport)`; empty when every key has its own column.
    package var description: String {
        isOwn ? "" : "(\(entries.map { "\($0.key): \($0.column)" }.joined(separator: ", ")))"
    }
}
