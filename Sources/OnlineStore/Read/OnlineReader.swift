package import FeatureDefs
package import RedisClient

/// What Redis has of one view for one entity.
package enum StoredRow: Hashable, Sendable {
    /// Nothing: the entity is unknown to the view, or a join key is NULL.
    case missing
    case row(PackedRow)
    /// A value that this version of the view cannot read: not that there is nothing, which nobody knows.
    case undecodable(PackedRowError)
}

/// Reads stored rows: one round trip for all views and entities of a request.
package struct OnlineReader: Sendable {
    private let connection: RedisConnection

    package init(from connection: RedisConnection) {
        self.connection = connection
    }

    /// Reads the rows of `views` for `count` entities, whose join key values are in `columns`, by name.
    ///
    /// Returns a list for each view, in order, with one element for each entity, in order; an entity that comes twice is
    /// read once and answered twice. Every join key of every view must have its column, of `count` values.
    package func rows(
        of views: [OnlineViewLayout], count: Int, columns: [String: [FeatureValue]], timeout: Duration? = nil
    ) async throws -> [[StoredRow]] {
        var requests: [HashRequest] = []
        for (index, view) in views.enumerated() {
            if let same = requests.firstIndex(where: { $0.encoder == view.keyEncoder }) {
                requests[same].views.append(index)
            } else {
                requests.append(
                    try HashRequest(encoder: view.keyEncoder, view: index, count: count, columns: columns)
                )
            }
        }
        var pipeline = RedisPipeline()
        for request in requests { request.append(to: &pipeline, views: views) }
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, pipeline] () throws(RedisError) in
            try await connection.send(pipeline, timeout: timeout)
        }

        var rows = [[StoredRow]](repeating: [], count: views.count)
        var firstReply = 0
        for request in requests {
            let answers = replies[firstReply..<firstReply + request.keys.count]
            firstReply += request.keys.count
            for (position, view) in request.views.enumerated() {
                let stored = try answers.map { try storedRow(in: $0, at: position, layout: views[view].rowLayout) }
                rows[view] = request.keyOfEntity.map { $0.map { stored[$0] } ?? .missing }
            }
        }
        return rows
    }

    private func storedRow(
        in reply: RedisReply, at position: Int, layout: PackedRowLayout
    ) throws(RedisError) -> StoredRow {
        guard case .array(let fields) = try reply.orThrow(), fields.indices.contains(position) else {
            throw RedisError(.protocolViolation, "Redis at \(connection.url) answered HMGET with \(reply)")
        }
        switch fields[position] {
        case .null: return .missing
        case .bytes(let bytes):
            do { return .row(try PackedRow(bytes, layout: layout)) } catch { return .undecodable(error) }
        case .integer, .status, .array, .error:
            throw RedisError(.protocolViolation, "Redis at \(connection.url) answered HMGET with \(reply)")
        }
    }
}

/// The views of a request that share hashes, and the distinct hashes to read.
private struct HashRequest {
    let encoder: EntityKeyEncoder
    /// Indices of views.
    var views: [Int]
    private(set) var keys: [[UInt8]] = []
    /// For each entity its index in `keys`; nil when a join key is NULL.
    private(set) var keyOfEntity: [Int?] = []

    init(
        encoder: EntityKeyEncoder, view: Int, count: Int, columns: [String: [FeatureValue]]
    ) throws(EntityKeyError) {
        self.encoder = encoder
        views = [view]
        let values = encoder.joinKeys.map { columns[$0.name] ?? [] }
        precondition(values.allSatisfy { $0.count == count }, "a join key's column is missing or of another length")
        var seen: [[UInt8]: Int] = [:]
        for entity in 0..<count {
            var key: [UInt8] = []
            guard try encoder.encode(into: &key, value: { values[$0][entity] }) else {
                keyOfEntity.append(nil)
                continue
            }
            let index = seen[key, default: keys.count]
            if index == keys.count {
                seen[key] = index
                keys.append(key)
            }
            keyOfEntity.append(index)
        }
    }

    /// `HMGET key field...` for each key.
    func append(to pipeline: inout RedisPipeline, views: [OnlineViewLayout]) {
        for key in keys {
            pipeline.startCommand("HMGET")
            pipeline.add(key)
            for view in self.views { pipeline.add(views[view].field) }
        }
    }
}
