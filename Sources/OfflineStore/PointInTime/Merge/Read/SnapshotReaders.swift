import PostgresClient
import Synchronization

/// What a transaction sees, for others to see too while it is open.
struct ExportedSnapshot: Sendable {
    let url: PostgresURL
    /// `SET TRANSACTION SNAPSHOT '...'`
    let adoption: String

    /// - Parameter connection: its transaction is repeatable read.
    static func of(_ connection: PostgresConnection) async throws -> ExportedSnapshot {
        // The server writes the statement, which takes no parameters.
        let adoption = try await connection.execute(
            "SELECT pg_catalog.format('SET TRANSACTION SNAPSHOT %L', pg_catalog.pg_export_snapshot())"
        ).firstCell
        return ExportedSnapshot(url: connection.url, adoption: adoption ?? "")
    }
}

/// Connections that see one snapshot, to read from at once.
struct SnapshotReaders: Sendable {
    private let connections: [PostgresConnection]
    private let snapshot: ExportedSnapshot
    private let progress: ReadingProgress?

    var count: Int { connections.count }

    /// Opens connections, all at once; a connection that nobody has any more is closed.
    static func open(
        _ count: Int, of snapshot: ExportedSnapshot, progress: ReadingProgress? = nil
    ) async throws -> SnapshotReaders {
        try await of(try await connect(count, to: snapshot.url), snapshot, progress: progress)
    }

    /// Readers by connections that are there.
    static func of(
        _ connections: [PostgresConnection], _ snapshot: ExportedSnapshot, progress: ReadingProgress? = nil
    ) async throws -> SnapshotReaders {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { try await begin(on: connection, snapshot) } }
            try await group.waitForAll()
        }
        return SnapshotReaders(connections: connections, snapshot: snapshot, progress: progress)
    }

    /// Connections that see no snapshot yet.
    static func connect(_ count: Int, to url: PostgresURL) async throws -> [PostgresConnection] {
        try await withThrowingTaskGroup(of: PostgresConnection.self) { group in
            for _ in 0..<count { group.addTask { try await PostgresConnection.connect(to: url) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func begin(on connection: PostgresConnection, _ snapshot: ExportedSnapshot) async throws {
        // Several workers would send the rows in whatever order they find them, and the processors are busy as it is.
        try await connection.executeScript(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            \(snapshot.adoption);
            \(PlannerSettings.statements);
            SET LOCAL max_parallel_workers_per_gather = 0
            """)
    }

    /// One of the connections alone.
    func only(_ connection: PostgresConnection) -> SnapshotReaders {
        SnapshotReaders(connections: [connection], snapshot: snapshot, progress: progress)
    }

    /// Decodes what a `COPY ... TO STDOUT` sends on one of the connections, and tells how far they are.
    ///
    /// - Parameter body: called after each run of rows, on the connection's thread.
    func copyOut(
        _ sql: String, on connection: PostgresConnection, into columns: sending BinaryCopyColumns,
        _ body: @escaping @Sendable (BinaryCopyColumns) throws -> Void = { _ in }
    ) async throws -> sending BinaryCopyColumns {
        let decoded = try await connection.copyOutInRuns(sql, into: columns) { [progress] columns, messages in
            let received = columns.receivedRows
            try columns.append(messages)
            progress?.add(columns.receivedRows - received)
            try body(columns)
        }
        try decoded.finish()
        return decoded
    }

    /// Makes the connections usable again after a statement failed.
    func restart() async throws {
        progress?.restart()
        for connection in connections {
            try await connection.execute("ROLLBACK")
            try await Self.begin(on: connection, snapshot)
        }
    }

    func close() async {
        for connection in connections { await connection.close() }
    }

    private final class Queue: Sendable {
        let next = Atomic(0)
    }

    /// Runs a job for each item, as many at once as there are connections; the results are in the order of the items.
    func map<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ job: @escaping @Sendable (PostgresConnection, Item) async throws -> Output
    ) async throws -> [Output] {
        let queue = Queue()
        return try await withThrowingTaskGroup(of: [(Int, Output)].self) { group in
            for connection in connections {
                group.addTask {
                    var outputs: [(Int, Output)] = []
                    while true {
                        let index = queue.next.add(1, ordering: .relaxed).oldValue
                        guard index < items.count else { return outputs }
                        outputs.append((index, try await job(connection, items[index])))
                    }
                }
            }
            var outputs: [(Int, Output)] = []
            for try await part in group { outputs += part }
            return outputs.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
