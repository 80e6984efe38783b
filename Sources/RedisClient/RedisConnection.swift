/// One connection to a Redis, or to all servers of a Redis Cluster, to be shared by any number of tasks.
///
/// Calls that overlap share round trips. A connection that breaks fails the calls in flight once, with
/// `connectionLost`, and the next call connects again; so a connection outlives any number of restarts of its
/// server. A read that failed so may be sent once more; a write only if it may be done twice.
///
/// A socket is used by one thread of the connection's own, or by a caller while that thread waits (hiredis: a context is
/// not thread safe), and no thread of Swift's pool ever blocks on it. The thread ends when the last reference goes.
package final class RedisConnection: Sendable {
    package struct Options: Hashable, Sendable {
        /// For connecting and logging in.
        package var connectTimeout: Duration
        /// How long a call may take when it does not say.
        package var commandTimeout: Duration
        /// At most so many calls wait for their answers; the next is refused with `overloaded`.
        package var longestQueue: Int
        /// What the server is to know it by (https://redis.io/commands/client-setname), and by which it can be cut off for good: when it is
        /// lost, it is not made again.
        package var name: String?

        package init(
            connectTimeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5), longestQueue: Int = 10_000,
            name: String? = nil
        ) {
            self.connectTimeout = connectTimeout
            self.commandTimeout = commandTimeout
            self.longestQueue = longestQueue
            self.name = name
        }
    }

    private enum Route: Sendable {
        case server(RedisLink)
        case cluster(RedisCluster)
    }

    /// What errors name: the server, or the first node of the cluster.
    package let url: RedisURL
    private let options: Options
    private let route: Route
    private let shortcut: (any RedisShortcut)?

    private init(_ url: RedisURL, options: Options, route: Route, shortcut: (any RedisShortcut)? = nil) {
        self.url = url
        self.options = options
        self.route = route
        self.shortcut = shortcut
    }

    /// The same connection, of which calls take a shortcut where there is one.
    package func taking(_ shortcut: some RedisShortcut) -> RedisConnection {
        RedisConnection(url, options: options, route: route, shortcut: shortcut)
    }

    /// Another socket to the server, connected and logged in, for a shortcut: not blocking, and the caller's to close. nil for a cluster.
    package func openSocket() async throws(RedisError) -> Int32? {
        switch route {
        case .server(let link): try await link.openSocket()
        case .cluster: nil
        }
    }

    /// Connects and logs in.
    ///
    /// Fails within `timeout` and the time to look up the host's name.
    package static func connect(
        to url: RedisURL, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5)
    ) async throws(RedisError) -> RedisConnection {
        try await connect(to: .server(url), timeout: timeout, commandTimeout: commandTimeout)
    }

    package static func connect(
        to address: RedisAddress, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5)
    ) async throws(RedisError) -> RedisConnection {
        let connection = try open(address, timeout: timeout, commandTimeout: commandTimeout)
        switch connection.route {
        case .server(let link): _ = try await link.call(RedisPipeline(), timeout: timeout)
        case .cluster(let cluster): _ = try await cluster.primaries()
        }
        return connection
    }

    /// Makes a connection that the first call will open: for a server that must start while its Redis is down.
    package static func open(
        _ url: RedisURL, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5),
        longestQueue: Int = 10_000
    ) throws(RedisError) -> RedisConnection {
        try open(.server(url), timeout: timeout, commandTimeout: commandTimeout, longestQueue: longestQueue)
    }

    package static func open(
        _ address: RedisAddress, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5),
        longestQueue: Int = 10_000
    ) throws(RedisError) -> RedisConnection {
        try open(address, options: Options(connectTimeout: timeout, commandTimeout: commandTimeout, longestQueue: longestQueue))
    }

    private static func open(_ address: RedisAddress, options: Options) throws(RedisError) -> RedisConnection {
        let route: Route =
            switch address {
            case .server(let url): .server(try RedisLink(to: url, options: options))
            case .cluster(let urls): .cluster(RedisCluster(of: urls, options: options))
            }
        return RedisConnection(address.url, options: options, route: route)
    }

    /// Another connection to the same Redis, which the first call will open: under a name by which it can be cut off
    /// (`cutOff(named:)`), and lost for good once it breaks.
    package func another(named name: String) throws(RedisError) -> RedisConnection {
        var options = options
        options.name = name
        let address: RedisAddress =
            switch route {
            case .server(let link): .server(link.url)
            case .cluster(let cluster): .cluster(cluster.seeds)
            }
        return try Self.open(address, options: options)
    }

    /// Closes all connections to the servers, whoever's they are, whose name begins so: no command that they have sent and that has not been
    /// done yet will be. Needs CLIENT LIST and CLIENT KILL (https://redis.io/commands/client-kill).
    package func cutOff(namesBeginningWith prefix: String) async throws(RedisError) {
        for server in try await servers() {
            var list = RedisPipeline()
            list.startCommand("CLIENT")
            list.add("LIST")
            guard case .bytes(let text)? = try await server.send(list).first?.orThrow() else {
                throw RedisError(.protocolViolation, "Redis at \(server.url) answered CLIENT LIST with something else")
            }
            var kills = RedisPipeline()
            for id in RedisClientList.ids(
                in: String(decoding: text, as: UTF8.self), namesBeginningWith: prefix, database: url.database)
            {
                kills.startCommand("CLIENT")
                kills.add("KILL")
                kills.add("ID")
                kills.add(id)
            }
            // 0 for one that has gone by itself.
            for reply in try await server.send(kills) { _ = try reply.orThrow() }
        }
    }

    /// Whether the keys are spread over servers: then the keys of one script call must be in one slot.
    package var isCluster: Bool {
        if case .cluster = route { true } else { false }
    }

    /// How often the server has been logged in to: what it had when the count was another may be gone. nil for a cluster.
    package var loginCount: Int? {
        switch route {
        case .server(let link): link.loginCount
        case .cluster: nil
        }
    }

    /// A connection to each server that has keys, for what concerns a server rather than a key: SCAN, SCRIPT LOAD.
    package func servers() async throws(RedisError) -> [RedisConnection] {
        switch route {
        case .server: [self]
        case .cluster(let cluster):
            try await cluster.primaries().map { RedisConnection($0.url, options: options, route: .server($0)) }
        }
    }

    /// Every server that has keys, as they are now, with a key of that name which is its own: on a cluster one that ends in a tag for the
    /// first of the server's slots.
    package func serverKeys(named name: String) async throws(RedisError) -> [ServerKey] {
        switch route {
        case .server: [ServerKey(server: self, key: name)]
        case .cluster(let cluster):
            try await cluster.primariesWithFirstSlots().map { link, slot in
                let server = RedisConnection(link.url, options: options, route: .server(link))
                return ServerKey(server: server, key: "\(name){\(HashSlot.tag(ofSlot: slot))}")
            }
        }
    }

    /// Sends the commands and returns one reply for each, in order.
    ///
    /// `timeout` is for the whole pipeline, from this moment on, and at least the time a new connection takes.
    package func send(
        _ pipeline: RedisPipeline, timeout: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        try await replies(to: pipeline, timeout: timeout).trees()
    }

    /// As `send`, with the replies in the form in which they take the least.
    package func replies(
        to pipeline: RedisPipeline, timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReplies {
        guard !pipeline.isEmpty else { return RedisReplies() }
        let timeout = timeout ?? options.commandTimeout
        if let shortcut, let replies = try await shortcut.replies(to: pipeline, timeout: timeout) { return replies }
        switch route {
        case .server(let link): return try await link.call(pipeline, timeout: timeout)
        case .cluster(let cluster): return try await cluster.call(pipeline, timeout: timeout)
        }
    }

    /// Runs the tasks that prefer it on the connection's own thread: `withTaskExecutorPreference(connection.executor)`. What they
    /// send then crosses no threads, and calls of many tasks share writes. What they do should be short: it holds up the replies.
    /// nil for a cluster, which has a thread for each server.
    package var executor: (any TaskExecutor)? {
        if case .server(let link) = route { link } else { nil }
    }

    /// Does what may be done twice: once more when the connection was lost, after which nobody knows whether it was done.
    package static func tryingAgainWhenLost<Value: Sendable>(
        _ body: () async throws(RedisError) -> Value
    ) async throws(RedisError) -> Value {
        do {
            return try await body()
        } catch {
            guard error.code == .connectionLost else { throw error }
        }
        return try await body()
    }

    /// Answers what was sent, refuses the rest, and lets the threads end.
    package func close() {
        switch route {
        case .server(let link): link.close()
        case .cluster(let cluster): cluster.close()
        }
    }
}
