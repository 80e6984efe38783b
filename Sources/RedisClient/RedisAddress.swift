/// Where the online store is: one server, or some nodes of a cluster.
///
/// ```
/// redis://host:6379/0                              one server
/// redis://a:7000,redis://b:7000,redis://c:7000     a cluster: any of its nodes; one that answers tells of the others
/// ```
package enum RedisAddress: Hashable, Sendable {
    case server(RedisURL)
    /// User and password are the first one's, for all nodes.
    case cluster([RedisURL])

    /// A comma makes it a cluster; behind a single node too.
    package init(_ text: String) throws(RedisError) {
        guard text.contains(",") else {
            self = .server(try RedisURL(text))
            return
        }
        try self.init(nodes: text.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty })
    }

    /// Nodes of a cluster.
    package init(nodes: [String]) throws(RedisError) {
        var urls: [RedisURL] = []
        for node in nodes { urls.append(try RedisURL(node)) }
        guard !urls.isEmpty else { throw .invalidURL("a list of nodes (Redis Cluster) names at least one") }
        for url in urls {
            guard case .tcp = url.endpoint else { throw .invalidURL("the nodes of a cluster are reached by redis://host:port") }
            guard url.database == 0 else { throw .invalidURL("a cluster has database 0 only") }
        }
        self = .cluster(urls)
    }

    /// With a password where it has none.
    package func with(password: String?) -> RedisAddress {
        func completed(_ url: RedisURL) -> RedisURL {
            var url = url
            if url.password == nil { url.password = password }
            return url
        }
        switch self {
        case .server(let url): return .server(completed(url))
        case .cluster(let urls): return .cluster(urls.map(completed))
        }
    }

    /// What errors name: the server, or the first node.
    package var url: RedisURL {
        switch self {
        case .server(let url): url
        // Never empty, by `init`.
        case .cluster(let urls): urls[0]
        }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
