package import FeatureDefs
package import RedisClient

/// What Redis has of one view for one entity.
package enum StoredRow: Hashable, Sendable {
    /// Nothing: the entity is unknown to the view, or a join key is NULL.
    case missing
    case row(PackedRow)
    /// A value that this version of the view cannot read: not that there is nothing, which nobody knows.
    case undecodable(PackedRowError)

    fileprivate init(_ bytes: [UInt8], layout: PackedRowLayout) {
        do throws(PackedRowError) { self = .row(try PackedRow(bytes, layout: layout)) } catch { self = .undecodable(error) }
    }
}

/// Reads stored rows: one round trip for all views and entities of a request.
package struct OnlineReader: Sendable {
    package typealias View = ReadView

    private let connection: RedisConnection

    package init(from connection: RedisConnection) {
        self.connection = connection
    }

    /// Reads the rows of `views` for `count` rows of a request, whose join key values are in `columns`, by name.
    ///
    /// Returns a list for each view, in order, with one element for each row, in order. Every join key of every view must have
    /// its column, of `count` values.
    package func rows(
        of views: [View], count: Int, columns: [String: [FeatureValue]], timeout: Duration? = nil
    ) async throws -> [[StoredRow]] {
        let reads = HashReads(of: views)
        let stored = try await rows(reads, count: count, keys: reads.columns.map { columns[$0] ?? [] }, timeout: timeout)
        return views.indices.map { view in
            (0..<count).map { row in
                if stored.isForeign(view: view, row: row) { return .undecodable(.notAHash) }
                let bytes = stored.withRow(view: view, row: row) { [UInt8]($0) }
                guard let bytes else { return .missing }
                return StoredRow(bytes, layout: views[view].layout.rowLayout)
            }
        }
    }

    /// Reads rows; `keys` has the values of each of the reads' columns. An entity that comes twice is read once and answered twice.
    func rows(
        _ reads: HashReads, count: Int, keys: [[FeatureValue]], timeout: Duration?
    ) async throws -> StoredRows {
        precondition(keys.allSatisfy { $0.count == count }, "a join key's column is missing or of another length")
        var pipeline = RedisPipeline()
        pipeline.reserve(commands: count * reads.groups.count, bytes: 96)
        /// For each group, for each row: its command; -1 when a join key is NULL.
        var commands: [Int32] = []
        commands.reserveCapacity(count * reads.groups.count)
        for group in reads.groups { try group.append(to: &pipeline, commands: &commands, count: count, keys: keys) }

        let replies = try await self.replies(to: pipeline, timeout: timeout)
        return try place(replies, of: commands, reads: reads, count: count)
    }

    /// A read may be sent twice. Not `tryingAgainWhenLost`: generic code of another module costs a lookup dearly.
    private func replies(to pipeline: RedisPipeline, timeout: Duration?) async throws(RedisError) -> RedisReplies {
        do throws(RedisError) {
            return try await connection.replies(to: pipeline, timeout: timeout)
        } catch {
            guard error.code == .connectionLost else { throw error }
        }
        return try await connection.replies(to: pipeline, timeout: timeout)
    }

    /// Finds each row's value among the replies.
    private func place(
        _ replies: RedisReplies, of commands: [Int32], reads: HashReads, count: Int
    ) throws(RedisError) -> StoredRows {
        var stored = StoredRows(replies: replies, count: count, views: reads.views.count)
        /// Where the reply to each command begins; of one alone, the most frequent lookup, at the beginning.
        let starts = replies.count > 1 ? replies.starts() : []
        for (index, group) in reads.groups.enumerated() {
            for row in 0..<count {
                let command = commands[index * count + row]
                guard command >= 0 else { continue }
                let start = starts.isEmpty ? 0 : starts[Int(command)]
                let reply = replies.values[start]
                if replies.isWrongType(at: start) {
                    for view in group.views { stored.markForeign(view: view, row: row) }
                    continue
                }
                guard reply.kind == .array, Int(reply.count) == group.views.count else { throw refusal(replies, at: start) }
                for (position, view) in group.views.enumerated() {
                    let field = start + 1 + position
                    switch replies.values[field].kind {
                    case .null: stored.noteMissing()
                    case .bytes: stored.set(view: view, row: row, to: field)
                    case .integer, .status, .array, .error: throw refusal(replies, at: start)
                    }
                }
            }
        }
        return stored
    }

    private func refusal(_ replies: RedisReplies, at index: Int) -> RedisError {
        let reply = replies.reply(at: index)
        do throws(RedisError) { _ = try reply.orThrow() } catch { return error }
        return RedisError(.protocolViolation, "Redis at \(connection.url) answered HMGET with \(reply)")
    }
}

extension HashReads.Group {
    /// Adds a command for each distinct entity.
    fileprivate func append(
        to pipeline: inout RedisPipeline, commands: inout [Int32], count: Int, keys: [[FeatureValue]]
    ) throws(EntityKeyError) {
        var distinct = count > 1 ? DistinctKeys(count: count) : nil
        for row in 0..<count {
            if self.keys.contains(where: { keys[$0][row].isNull }) {
                commands.append(-1)
                continue
            }
            var failure: EntityKeyError?
            pipeline.add(command) { buffer in
                do throws(EntityKeyError) {
                    _ = try encoder.encode(into: &buffer) { keys[self.keys[$0]][row] }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            let first = distinct?.commandOfSameKey(asLastOf: pipeline) ?? pipeline.count - 1
            if first < pipeline.count - 1 { pipeline.removeLastCommand() }
            commands.append(Int32(first))
        }
    }
}
