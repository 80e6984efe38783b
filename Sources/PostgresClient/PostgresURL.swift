import CLibpq

/// Where a Postgres database is: `postgres://user:password@host:port/database?host=/socket/directory&sslmode=require`.
///
/// Everything that libpq knows as a connection parameter may stand in the query. `description` leaves secrets out, so it is
/// safe in messages; for a URL without secrets it can be parsed again.
package struct PostgresURL: Sendable, Hashable {
    /// libpq's parameter names and values, such as `host` and `dbname`.
    private(set) var parameters: [Parameter]

    struct Parameter: Sendable, Hashable {
        var keyword: String
        var value: String
        var isSecret: Bool
    }

    /// Reads `postgres://` and `postgresql://` URLs.
    package init(_ text: String) throws(PostgresError) {
        // The messages below do not quote the text: what could not be parsed may hold a password anywhere.
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
            throw PostgresError(
                .invalidURL, "a Postgres URL starts with `postgres://`, as in `postgres://user@host:5432/database`")
        }
        let encodingHelp = "percent-encode `/`, `@`, `:`, `?` and `%` in the user, password and database"
        guard !text.utf8.contains(0), let options = PQconninfoParse(text, nil) else {
            throw PostgresError(.invalidURL, "cannot read the Postgres URL; \(encodingHelp)")
        }
        defer { PQconninfoFree(options) }

        parameters = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                // libpq: dispchar "*" marks a field that must be hidden.
                let isSecret = option.pointee.dispchar.map { String(cString: $0) } == "*"
                parameters.append(
                    Parameter(keyword: String(cString: keyword), value: String(cString: value), isSecret: isSecret))
            }
            option += 1
        }

        // `user:pa/ss@host` is a valid URL of host `user` and port `pa`: refuse it before anything prints it.
        let portsAreNumbers = (self["port"] ?? "").allSatisfy { $0.isASCII && ($0.isNumber || $0 == ",") }
        let path = text.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }.prefix { $0 != "?" }
        guard portsAreNumbers, !path.contains("@"), !(self["host"] ?? "").contains("@") else {
            throw PostgresError(
                .invalidURL, "the port of the Postgres URL is not a number, or an `@` stands in the wrong place; \(encodingHelp)")
        }
    }

    /// A database reached over the Unix socket in `socketDirectory`.
    package init(socketDirectory: String, port: Int = 5432, user: String, database: String) {
        parameters = [
            Parameter(keyword: "user", value: user, isSecret: false),
            Parameter(keyword: "dbname", value: database, isSecret: false),
            Parameter(keyword: "host", value: socketDirectory, isSecret: false),
            Parameter(keyword: "port", value: String(port), isSecret: false),
        ]
    }

    package var database: String? { self["dbname"] }

    /// The same server and user, another database.
    package func with(database: String) -> PostgresURL {
        with("dbname", database)
    }

    /// The same, with the time that `connect` waits by default.
    package func with(connectTimeoutSeconds seconds: Int) -> PostgresURL {
        with("connect_timeout", String(seconds))
    }

    private func with(_ keyword: String, _ value: String) -> PostgresURL {
        var copy = self
        if let index = copy.parameters.firstIndex(where: { $0.keyword == keyword }) {
            copy.parameters[index].value = value
        } else {
            copy.parameters.append(Parameter(keyword: keyword, value: value, isSecret: false))
        }
        return copy
    }

    subscript(keyword: String) -> String? {
        parameters.first { $0.keyword == keyword }?.value
    }
}

extension PostgresURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        var text = "postgres://"
        var query = parameters.filter { !$0.isSecret && !["user", "dbname"].contains($0.keyword) }
        if let user = self["user"] { text += Self.percentEncoded(user) + "@" }
        // Socket directories and lists of hosts do not fit the place of a host name.
        if let host = self["host"], !host.contains(where: { "/,@".contains($0) }), !host.isEmpty {
            text += host.contains(":") ? "[\(host)]" : Self.percentEncoded(host)
            if let port = self["port"] { text += ":\(port)" }
            query.removeAll { ["host", "port"].contains($0.keyword) }
        }
        if let database { text += "/" + Self.percentEncoded(database) }
        let pairs = query.map { "\($0.keyword)=\(Self.percentEncoded($0.value))" }
        return pairs.isEmpty ? text : text + "?" + pairs.joined(separator: "&")
    }

    package var debugDescription: String { description }

    /// Keeps `dump` and test failure messages from walking into the password.
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// `/` and `,` stay as they are, so that socket directories can be read.
    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ","):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
