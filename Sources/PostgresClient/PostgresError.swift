/// What went wrong with a Postgres connection or a statement on it.
///
/// `description` is one line, fit to show to whoever runs the command; it holds no SQL and never a password.
/// `debugDescription` adds the statement, detail and context, which may hold the user's data.
package struct PostgresError: Error, Sendable {
    package enum Code: Sendable, Hashable {
        /// The URL cannot be read.
        case invalidURL
        /// No connection could be made: refused, unknown host, timed out, or the server turned us away.
        case connectionFailed
        /// An open connection broke, or was closed.
        case connectionLost
        /// The server refused a statement.
        case server(SQLState)
        /// The statement was cancelled by us.
        case cancelled
        /// The caller asked for something that cannot be sent: a NUL in text, COPY through `execute`, a nested transaction.
        case invalidRequest
        /// Bytes from the server are not what the protocol promises.
        case protocolMismatch
    }

    package var code: Code
    /// The primary message, one line.
    package var message: String
    package var detail: String?
    package var hint: String?
    /// Where in the server's work it happened, such as `COPY spine, line 3, column amount`.
    package var context: String?
    /// The character of `statement` that the server points at, counted from 1.
    package var position: Int?
    package var statement: String?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The server's code for the error, when the server gave one.
    package var sqlState: SQLState? {
        switch code {
        case .server(let state): state
        case .invalidURL, .connectionFailed, .connectionLost, .cancelled, .invalidRequest, .protocolMismatch: nil
        }
    }

    /// Whether an operator or a cast refused a value: class 22.
    package var isDataException: Bool { sqlState?.code.hasPrefix("22") ?? false }

    /// Whether the store could not be reached, as opposed to having refused what it was asked (exit code 4).
    package var isUnreachable: Bool {
        switch code {
        case .connectionFailed, .connectionLost: true
        case .invalidURL, .server, .cancelled, .invalidRequest, .protocolMismatch: false
        }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = message
        if let hint { text += " (\(hint))" }
        return text
    }

    package var debugDescription: String {
        var lines = ["\(code): \(message)"]
        if let detail { lines.append("detail: \(detail)") }
        if let hint { lines.append("hint: \(hint)") }
        if let context { lines.append("context: \(context)") }
        if let position { lines.append("at character \(position)") }
        if let statement { lines.append("statement: \(statement)") }
        return lines.joined(separator: "\n")
    }
}

extension PostgresError {
    static func connectionFailed(_ url: PostgresURL, _ reason: String) -> PostgresError {
        PostgresError(.connectionFailed, "cannot connect to \(url): \(oneLine(reason))")
    }

    static func connectionLost(_ url: PostgresURL, _ reason: String) -> PostgresError {
        PostgresError(.connectionLost, "lost the connection to \(url): \(oneLine(reason))")
    }

    /// libpq's messages run over several lines, each with leading tabs; ours are one.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }
            .joined(separator: " ")
    }
}
