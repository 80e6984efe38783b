import PostgresClient
import Synchronization

/// Connections that see one snapshot, to read from at once.
struct SnapshotReaders: Sendable {
    private let connections: [PostgresConnection]
    /// `SET TRANSACTION SNAPSHOT '...'`
    private let adoption: String

    var count: Int { connections.count }

    /// Opens connections beside one whose transaction is repeatable read. They see what it sees for as long as it is open.
    static func open(_ count: Int, beside owner: PostgresConnection) async throws -> SnapshotReaders {
        // The server writes the statement, which takes no parameters.
        let adoption = try await owner.execute(
            "SELECT pg_catalog.format('SET TRANSACTION SNAPSHOT %L', pg_catalog.pg_export_snapshot())"
        ).firstCell
        var connections: [PostgresConnection] = []
        do {
            for _ in 0..<count { connections.append(try await .connect(to: owner.url)) }
            let readers = SnapshotReaders(connections: connections, adoption: adoption ?? "")
            for connection in connections { try await readers.begin(on: connection) }
            return readers
        } catch {
            for connection in connections { await connection.close() }
            throw error
        }
    }

    private func begin(on connection: PostgresConnection) async throws {
        try await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try await connection.executeScript(adoption)
        try await PlannerSettings.apply(on: connection)
        // Several workers would send the rows in whatever order they find them, and the processors are busy as it is.
        try await connection.executeScript("SET LOCAL max_parallel_workers_per_gather = 0")
    }

    /// Makes the connections usable again after a statement failed.
    func restart() async throws {
        for connection in connections {
            try await connection.execute("ROLLBACK")
            try await begin(on: connection)
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
