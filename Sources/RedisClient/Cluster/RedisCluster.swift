import Synchronization

/// The servers of a Redis Cluster, as one: each command goes to the server that has its key's slot, and follows it when it moves.
///
/// What the client knows of the slots it learns from any node that answers, and anew whenever a server redirects a command, cannot be
/// reached or is lost: so a replica that takes over for a failed primary is found with the first call after it has.
final class RedisCluster: Sendable {
    typealias Node = ClusterTopology.Node

    private struct State {
        var topology: ClusterTopology?
        var links: [Node: RedisLink] = [:]
        var refresh: Task<Result<ClusterTopology, RedisError>, Never>?
        var isClosed = false
    }

    /// The nodes named in the configuration: the first to be asked, with the login for all.
    let seeds: [RedisURL]
    private let options: RedisConnection.Options
    private let state = Mutex(State())
    private let clock = ContinuousClock()

    /// How long to wait before a command that was refused for the moment is sent again.
    private static let pause = Duration.milliseconds(25)

    init(of seeds: [RedisURL], options: RedisConnection.Options) {
        self.seeds = seeds
        self.options = options
    }

    func close() {
        let links = state.withLock { state in
            state.isClosed = true
            return Array(state.links.values)
        }
        for link in links { link.close() }
    }

    /// Sends each command to its server and returns the replies in the commands' order. Those without a key go to any server.
    func call(_ pipeline: RedisPipeline, timeout: Duration) async throws(RedisError) -> RedisReplies {
        let deadline = clock.now + timeout
        var round = ClusterRound(pipeline)
        while true {
            let topology = try await topology(until: deadline)
            let parts = round.parts(by: topology)
            for part in await send(parts, of: pipeline, until: deadline) {
                switch part.result {
                case .success(let replies):
                    for moved in round.take(replies, part) { noteMoved(moved.slot, to: moved.node) }
                case .failure(let error):
                    // The server had what was left of the time.
                    let whole = error.code == .timedOut ? .timedOut(url(of: part.node), timeout) : error
                    try await recover(from: whole, part, &round, until: deadline)
                }
            }
            guard !round.isOver else { return round.replies() }
            let left = deadline - clock.now
            guard left > .zero else { throw .timedOut(seeds[0], timeout) }
            if round.mustWait { try? await Task.sleep(for: min(Self.pause, left)) }
            round.startAgain()
        }
    }

    /// The servers that have slots, for what must be done on each.
    func primaries() async throws(RedisError) -> [RedisLink] {
        let topology = try await topology(until: clock.now + options.commandTimeout)
        var links: [RedisLink] = []
        for node in topology.primaries { links.append(try link(to: node)) }
        return links
    }

    /// Those that have slots now, whatever was known before, each with its first slot.
    func primariesWithFirstSlots() async throws(RedisError) -> [(link: RedisLink, slot: Int)] {
        state.withLock { $0.topology = nil }
        let topology = try await topology(until: clock.now + options.commandTimeout)
        var primaries: [(link: RedisLink, slot: Int)] = []
        for (node, slot) in topology.firstSlots() { primaries.append((try link(to: node), slot)) }
        return primaries
    }

    // MARK: Sending

    private func send(
        _ parts: [ClusterRound.Part], of pipeline: RedisPipeline, until deadline: ContinuousClock.Instant
    ) async -> [ClusterRound.Part] {
        // A lookup of one entity, the most frequent call, needs no tasks and no copy.
        if parts.count == 1 { return [await send(parts[0], of: pipeline, until: deadline)] }
        return await withTaskGroup(of: ClusterRound.Part.self) { group in
            for part in parts { group.addTask { await self.send(part, of: pipeline, until: deadline) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func send(
        _ part: ClusterRound.Part, of pipeline: RedisPipeline, until deadline: ContinuousClock.Instant
    ) async -> ClusterRound.Part {
        var part = part
        do throws(RedisError) {
            let commands = part.pipeline(of: pipeline)
            part.result = .success(
                try await link(to: part.node).call(commands, timeout: max(.milliseconds(1), deadline - clock.now)))
        } catch {
            part.result = .failure(error)
        }
        return part
    }

    /// After a server has failed: what was not sent is sent to whoever has the slots now; what may have been done is for the
    /// caller to judge.
    private func recover(
        from error: RedisError, _ part: ClusterRound.Part, _ round: inout ClusterRound, until deadline: ContinuousClock.Instant
    ) async throws(RedisError) {
        state.withLock { $0.topology = nil }
        // Whoever cut one off meant all.
        if options.name != nil { close() }
        guard error.code == .unreachable, options.name == nil else { throw error }
        let topology = try await topology(until: deadline)
        guard round.hasOtherOwners(part, by: topology) else { throw error }
    }

    private func noteMoved(_ slot: Int, to node: Node) {
        state.withLock { $0.topology?.assign(slot, to: node) }
    }

    private func url(of node: Node) -> RedisURL {
        var url = seeds[0]
        url.endpoint = .tcp(host: node.host, port: node.port)
        return url
    }

    private func link(to node: Node) throws(RedisError) -> RedisLink {
        do {
            return try state.withLock { state in
                if let link = state.links[node] { return link }
                let link = try RedisLink(to: url(of: node), options: options)
                if state.isClosed { link.close() }
                state.links[node] = link
                return link
            }
        } catch let error as RedisError {
            throw error
        } catch {
            throw .unreachable(url(of: node), "\(error)")
        }
    }

    // MARK: Topology

    /// What is known of the slots; asked for once however many calls wait for it.
    private func topology(until deadline: ContinuousClock.Instant) async throws(RedisError) -> ClusterTopology {
        let task: Task<Result<ClusterTopology, RedisError>, Never> = state.withLock { state in
            if let topology = state.topology { return Task { .success(topology) } }
            if let refresh = state.refresh { return refresh }
            let refresh = Task { await self.refresh() }
            state.refresh = refresh
            return refresh
        }
        return try await task.value.get()
    }

    /// Asks one node after the other, those known last as well as the seeds.
    private func refresh() async -> Result<ClusterTopology, RedisError> {
        var nodes: [Node] = seeds.compactMap {
            if case .tcp(let host, let port) = $0.endpoint { Node(host: host, port: port) } else { nil }
        }
        nodes += state.withLock { $0.links.keys.filter { !nodes.contains($0) } }
        var pipeline = RedisPipeline()
        pipeline.startCommand("CLUSTER")
        pipeline.add("SLOTS")
        var failure = RedisError.unreachable(seeds[0], "no node of the cluster answers")
        for node in nodes {
            do throws(RedisError) {
                let link = try link(to: node)
                let limit = min(options.connectTimeout, options.commandTimeout)
                let topology = try ClusterTopology(try await link.call(pipeline, timeout: limit).reply(at: 0), asked: link.url)
                guard !topology.primaries.isEmpty else {
                    failure = .unreachable(link.url, "no server of its cluster has slots")
                    continue
                }
                finishRefresh(topology)
                return .success(topology)
            } catch {
                failure = error
            }
        }
        state.withLock { $0.refresh = nil }
        return .failure(failure)
    }

    private func finishRefresh(_ topology: ClusterTopology) {
        let gone: [RedisLink] = state.withLock { state in
            state.topology = topology
            state.refresh = nil
            let gone = state.links.filter { !topology.primaries.contains($0.key) }
            for node in gone.keys { state.links[node] = nil }
            return Array(gone.values)
        }
        // What they still have under way is answered first.
        for link in gone { link.close() }
    }
}
