/// A name of a table, column or other object, quoted for SQL. The one place where a name becomes SQL text.
package struct SQLIdentifier: Sendable, Hashable {
    /// The name as the user wrote it, unquoted.
    package let raw: String

    /// The longest name that Postgres keeps; it cuts longer ones off, so that two names could become one.
    package static let maximumBytes = 63

    /// Refuses what Postgres cannot hold as a name: an empty one, a NUL, more than 63 bytes.
    package init(_ raw: String) throws(PostgresError) {
        guard !raw.isEmpty else {
            throw PostgresError(.invalidRequest, "a name in SQL cannot be empty")
        }
        guard !raw.utf8.contains(0) else {
            throw PostgresError(.invalidRequest, "a name in SQL cannot hold a NUL character")
        }
        guard raw.utf8.count <= Self.maximumBytes else {
            throw PostgresError(
                .invalidRequest, "the name `\(raw)` is longer than the \(Self.maximumBytes) bytes that Postgres keeps")
        }
        self.raw = raw
    }

    /// The name in double quotes, those inside doubled: `say "hi"` becomes `"say ""hi"""`.
    package var quoted: String {
        var text = "\""
        for character in raw.unicodeScalars {
            if character == "\"" { text += "\"" }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }
}
