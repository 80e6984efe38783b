import Foundation

/// Where a Redis is and how to log in to it.
///
/// ```
/// redis://[user:password@]host[:6379][/db]
/// unix:///absolute/path.sock[?db=N]          (also redis+unix://; user:password@ before the path is allowed)
/// ```
///
/// User, password and path are percent-decoded. `description` never has the password, so it may be shown to anyone.
package struct RedisURL: Hashable, Sendable {
    /// How the server is reached.
    package enum Endpoint: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    package var endpoint: Endpoint
    /// The ACL user; nil logs in as `default`.
    package var user: String?
    package var password: String?
    package var database: Int

    /// The longest socket path that fits `sockaddr_un`; hiredis would cut a longer one off in silence.
    package static let longestSocketPath = 107

    package init(endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }

    package init(_ text: String) throws(RedisError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
            throw .invalidURL("it is not a URL; write redis://host:6379/0 or unix:///path/to/redis.sock?db=0")
        }
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        switch scheme {
        case "redis":
            endpoint = try Self.tcpEndpoint(parts)
            database = try Self.database(parts.path.isEmpty ? nil : String(parts.path.dropFirst()))
            guard parts.queryItems?.isEmpty ?? true else {
                throw .invalidURL("redis:// takes no `?` parameters; write redis://host:6379/0")
            }
        case "unix", "redis+unix":
            endpoint = try Self.socketEndpoint(parts)
            var number: String?
            for item in parts.queryItems ?? [] {
                guard item.name == "db" else {
                    throw .invalidURL("unknown parameter `\(item.name)`; a socket takes ?db=N only")
                }
                number = item.value
            }
            database = try Self.database(number)
        case "rediss":
            throw .invalidURL("rediss:// (TLS) is not supported; use redis:// or a Unix socket")
        default:
            throw .invalidURL("unknown scheme `\(scheme)`; write redis:// or unix://")
        }
    }

    private static func tcpEndpoint(_ parts: URLComponents) throws(RedisError) -> Endpoint {
        guard var host = parts.host, !host.isEmpty else {
            throw .invalidURL("no host; write redis://host:6379/0")
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let port = parts.port ?? 6379
        guard (1...65535).contains(port) else { throw .invalidURL("port \(port) is not in 1...65535") }
        return .tcp(host: host, port: port)
    }

    private static func socketEndpoint(_ parts: URLComponents) throws(RedisError) -> Endpoint {
        guard parts.host?.isEmpty ?? true else {
            throw .invalidURL("a socket path is absolute; write unix:///path (three slashes)")
        }
        let path = parts.path
        guard path.hasPrefix("/"), path.count > 1 else {
            throw .invalidURL("no socket path; write unix:///path/to/redis.sock")
        }
        guard !path.utf8.contains(0) else { throw .invalidURL("the socket path has a NUL in it") }
        guard path.utf8.count <= longestSocketPath else {
            throw .invalidURL("the socket path has \(path.utf8.count) bytes; the system's limit is \(longestSocketPath)")
        }
        return .unixSocket(path: path)
    }

    private static func database(_ text: String?) throws(RedisError) -> Int {
        guard let text, !text.isEmpty else { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw .invalidURL("database `\(text)` is not a number from 0")
        }
        return number
    }
}

extension RedisURL: CustomStringConvertible {
    /// The URL without its password.
    package var description: String {
        let login = user.map { "\($0)@" } ?? ""
        switch endpoint {
        case .tcp(let host, let port):
            return "redis://\(login)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        case .unixSocket(let path):
            return "unix://\(login)\(path)" + (database == 0 ? "" : "?db=\(database)")
        }
    }
}

extension RedisURL: CustomDebugStringConvertible {
    package var debugDescription: String { description }
}

extension RedisURL: CustomReflectable {
    /// Keeps the password out of `dump` and of test failures as well.
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
