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
    /// A view to read, and the columns that its join keys are in.
    package struct View: Hashable, Sendable {
        let layout: OnlineViewLayout
        /// One for each of the key encoder's join keys.
        let columns: [String]

        package init(_ layout: OnlineViewLayout, keys: JoinKeyMap = .own) {
            self.layout = layout
            columns = layout.keyEncoder.joinKeys.map { keys.column(of: $0.name) }
        }
    }

    private let connection: RedisConnection

    package init(from connection: RedisConnection) {
        self.connection = connection
    }

    /// Reads the rows of `views` for `count` rows of a request, whose join key values are in `columns`, by name.
    ///
    /// Returns a list for each view, in order, with one element for each row, in order; an entity that comes twice is
    /// read once and answered twice. Every join key of every view must have its column, of `count` values.
    package func rows(
        of views: [View], count: Int, columns: [String: [FeatureValue]], timeout: Duration? = nil
    ) async throws -> [[StoredRow]] {
        var requests: [HashRequest] = []
        for (index, view) in views.enumerated() {
            if let same = requests.firstIndex(where: { $0.isOfSameEntities(as: view) }) {
                requests[same].views.append(index)
            } else {
                requests.append(try HashRequest(of: view, at: index, count: count, columns: columns))
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
                let stored = try answers.map { try storedRow(in: $0, at: position, layout: views[view].layout.rowLayout) }
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
    private let encoder: EntityKeyEncoder
    private let keyColumns: [String]
    /// Indices of views.
    var views: [Int]
    private(set) var keys: [[UInt8]] = []
    /// For each row its index in `keys`; nil when a join key is NULL.
    private(set) var keyOfEntity: [Int?] = []

    init(
        of view: OnlineReader.View, at index: Int, count: Int, columns: [String: [FeatureValue]]
    ) throws(EntityKeyError) {
        encoder = view.layout.keyEncoder
        keyColumns = view.columns
        views = [index]
        let values = view.columns.map { columns[$0] ?? [] }
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

    func isOfSameEntities(as view: OnlineReader.View) -> Bool {
        encoder == view.layout.keyEncoder && keyColumns == view.columns
    }

    /// `HMGET key field...` for each key.
    func append(to pipeline: inout RedisPipeline, views: [OnlineReader.View]) {
        for key in keys {
            pipeline.startCommand("HMGET")
            pipeline.add(key)
            for view in self.views { pipeline.add(views[view].layout.field) }
        }
    }
}
