/// One reply of the server (RESP2).
package enum RedisReply: Hashable, Sendable {
    /// `$-1` or `*-1`
    case null
    /// `:42`
    case integer(Int64)
    /// `$3 abc`; any bytes
    case bytes([UInt8])
    /// `+OK`
    case status(String)
    /// `*2 ...`
    case array([RedisReply])
    /// `-ERR ...`; inside an array too, where a script puts it
    case error(RedisErrorReply)

    /// The reply itself, unless it is an error.
    ///
    /// - Parameter key: which the error is to name.
    package func orThrow(about key: String? = nil) throws(RedisError) -> RedisReply {
        if case .error(let reply) = self { throw .serverError(reply, about: key) }
        return self
    }
}

/// The server's refusal of one command: `OOM command not allowed ...`.
package struct RedisErrorReply: Hashable, Sendable {
    package var text: String

    package init(text: String) {
        self.text = text
    }

    /// The first word, by which Redis tells errors apart: `OOM`, `NOSCRIPT`, `WRONGTYPE`, `READONLY`, `ERR`.
    package var kind: Substring { text.prefix { $0 != " " } }
}
