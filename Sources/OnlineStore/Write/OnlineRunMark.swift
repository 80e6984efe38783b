package import RedisClient

/// What Redis itself says of the runs that write a view: proof that it still has what they wrote, and that it is the same Redis. On a
/// cluster each primary says it for itself.
///
/// ```
/// HSET "asof-runs:" project  field      run               the last run whose rows are all there, decimal
///                            field "*"  run " " run_id    the last run that began, and the process of Redis that it began in
/// ```
///
/// A run that finds at its end what it noted at its beginning has lost nothing in between: Redis was neither emptied, nor restarted from
/// what it had saved before, nor replaced by a replica. On a cluster the key's name ends in a tag for the first slot of its primary:
/// when slots have been given to others, marks are missing.
package struct OnlineRunMark: Sendable {
    private let connection: RedisConnection
    private let key: String

    package init(project: String, on connection: RedisConnection) {
        self.connection = connection
        key = "asof-runs:\(project)"
    }

    /// The number of the last run of the view, or nil when some server knows of none, or of another than the rest.
    package func run(of layout: OnlineViewLayout) async throws(RedisError) -> UInt32? {
        var runs = Set<UInt32?>()
        for place in try await connection.serverKeys(named: key) {
            runs.insert(try await Self.runs(of: [layout.field], in: place.key, on: place.server)[0])
        }
        return runs.count == 1 ? runs.first ?? nil : nil
    }

    /// For each of the views with these fields the last run that the server knows of. Not for a cluster.
    func runs(ofFields fields: [String], timeout: Duration?) async throws(RedisError) -> [UInt32?] {
        try await Self.runs(of: fields, in: key, on: connection, timeout: timeout)
    }

    private static func runs(
        of fields: [String], in key: String, on server: RedisConnection, timeout: Duration? = nil
    ) async throws(RedisError) -> [UInt32?] {
        var pipeline = RedisPipeline()
        pipeline.startCommand("HMGET")
        pipeline.add(key: key)
        for field in fields { pipeline.add(field) }
        guard case .array(let values)? = try await server.send(pipeline, timeout: timeout).first?.orThrow(about: key),
            values.count == fields.count
        else { throw RedisError(.protocolViolation, "Redis at \(server.url) answered HMGET with something else") }
        return values.map { value in
            if case .bytes(let bytes) = value { UInt32(String(decoding: bytes, as: UTF8.self)) } else { nil }
        }
    }

    /// Notes that a run begins. Before it looks at the mark of the run that it starts from. Returns the run that had begun last before, or
    /// nil when some server knows of none, or of another than the rest.
    @discardableResult
    package func begin(run: UInt32, of layout: OnlineViewLayout) async throws(RedisError) -> UInt32? {
        let last = Set(try await step(.begin, run: run, of: layout))
        return last.count == 1 ? last.first.flatMap { $0 == 0 ? nil : $0 } : nil
    }

    /// Whether every server has kept all that was written since the run began, and no other run of the view has begun.
    package func isWhole(run: UInt32, of layout: OnlineViewLayout) async throws(RedisError) -> Bool {
        try await !step(.check, run: run, of: layout).contains(0)
    }

    /// Says that all rows of the run are there, on those servers that have kept them. Returns whether all have.
    package func set(run: UInt32, of layout: OnlineViewLayout) async throws(RedisError) -> Bool {
        try await !step(.end, run: run, of: layout).contains(0)
    }

    /// Takes the beginning of a run back that has written nothing, when no other has begun since.
    package func abandon(run: UInt32, restoring last: UInt32?, of layout: OnlineViewLayout) async throws(RedisError) {
        _ = try await step(.abandon, run: run, of: layout, last: last ?? 0)
    }

    private enum Step: String { case begin, check, end, abandon }

    /// What the script answers on each server.
    private func step(
        _ step: Step, run: UInt32, of layout: OnlineViewLayout, last: UInt32 = 0
    ) async throws(RedisError) -> [UInt32] {
        var answers: [UInt32] = []
        for place in try await connection.serverKeys(named: key) {
            var pipeline = RedisPipeline()
            pipeline.startCommand("EVAL")
            pipeline.add(Self.script)
            pipeline.add("1")
            pipeline.add(key: place.key)
            pipeline.add(layout.field)
            pipeline.add(Int64(run))
            pipeline.add(step.rawValue)
            pipeline.add(Int64(last))
            // Doing it again changes nothing.
            let replies = try await RedisConnection.tryingAgainWhenLost { [pipeline] () throws(RedisError) in
                try await place.server.send(pipeline)
            }
            guard case .integer(let answer) = try replies[0].orThrow(about: place.key) else {
                throw RedisError(.protocolViolation, "Redis at \(place.server.url) answered EVAL with something else")
            }
            answers.append(UInt32(clamping: answer))
        }
        return answers
    }

    /// A user who may not ask for INFO is told of emptied servers, not of restarted ones.
    private static let script = """
        -- KEYS: the mark's. ARGV: field, run, step, the run to restore. Answers the run that began last (step begin), or 1, or 0 when what
        -- was noted at the beginning is not there.
        local info = redis.pcall('INFO', 'server')
        local process = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
        local started, token = ARGV[1] .. '*', ARGV[2] .. ' ' .. process
        local noted = redis.call('HGET', KEYS[1], started)
        if ARGV[3] == 'begin' then
          redis.call('HSET', KEYS[1], started, token)
          return noted and tonumber(string.match(noted, '^%d+')) or 0
        end
        if noted ~= token then return 0 end
        if ARGV[3] == 'abandon' and ARGV[4] == '0' then redis.call('HDEL', KEYS[1], started) end
        if ARGV[3] == 'abandon' and ARGV[4] ~= '0' then redis.call('HSET', KEYS[1], started, ARGV[4] .. ' ' .. process) end
        if ARGV[3] == 'end' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
        return 1
        """
}
