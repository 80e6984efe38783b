import FeatureDefs
package import PostgresClient

/// A schema of the offline store that is verified in and then dropped, however the work ends.
///
/// A process that is killed cannot drop its schema; the next one finds it by its lock, which nobody holds any more.
package struct ScratchSchema: Sendable {
    private static let prefix = "asof_verify_"

    package let connection: PostgresConnection
    package let name: String

    /// Runs `body` with a schema of its own. The connection must not be in a transaction.
    package static func with<Output>(
        on connection: PostgresConnection, _ body: (ScratchSchema) async throws -> Output
    ) async throws -> Output {
        let schema = ScratchSchema(connection: connection, name: "\(prefix)\(UInt64.random(in: 0 ... .max))")
        try await schema.dropAbandoned()
        // Before the schema is there, so that nobody takes it for abandoned.
        try await AdvisoryLock(schema.name).hold(on: connection)
        let result: Result<Output, any Error>
        do {
            try await schema.create()
            result = .success(try await body(schema))
        } catch {
            result = .failure(error)
        }
        // In a task of its own: a cancelled one would run no statement.
        let dropping = Task {
            try await schema.drop(schema.name)
            try await AdvisoryLock(schema.name).release(on: connection)
        }
        let dropped = await dropping.result
        let output = try result.get()
        try dropped.get()
        return output
    }

    private func create() async throws {
        do {
            try await connection.execute("CREATE SCHEMA \(SQLIdentifier(name).quoted)")
        } catch {
            guard error.sqlState == .insufficientPrivilege else { throw error }
            throw VerificationError.cannotCreateSchema(reason: error.message)
        }
    }

    private func dropAbandoned() async throws {
        let names = try await connection.execute(
            "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname ~ $1 ORDER BY 1", [.text("^\(Self.prefix)[0-9]+$")])
        for name in names.rows.compactMap({ $0[0] }) {
            let lock = AdvisoryLock(name)
            // Whoever uses it holds its lock.
            guard try await lock.holdIfFree(on: connection) else { continue }
            // Another role's schema is not ours to drop.
            do { try await drop(name) } catch let error as PostgresError where error.isUnreachable { throw error } catch {}
            try await lock.release(on: connection)
        }
    }

    private func drop(_ name: String) async throws {
        try await connection.execute("DROP SCHEMA IF EXISTS \(SQLIdentifier(name).quoted) CASCADE")
    }
}

extension ScratchSchema {
    /// Makes the case's tables, sources and spine, and gives the session its traps. What an earlier case left is replaced.
    package func load(_ verificationCase: VerificationCase) async throws {
        for table in verificationCase.tables { try await replace(table) }
        for view in verificationCase.selection.distinctViews { try await index(view, for: verificationCase.session) }
        try await replace(verificationCase.spine.table)
        for (setting, value) in verificationCase.session.settings {
            try await connection.execute("SELECT set_config($1, $2, false)", [.text(setting), .text(value)])
        }
    }

    /// `"asof_verify_123"."transactions"`
    package func quoted(_ table: String) throws(PostgresError) -> String {
        "\(try SQLIdentifier(name).quoted).\(try SQLIdentifier(table).quoted)"
    }

    private func replace(_ table: RandomTable) async throws {
        let target = try quoted(table.name)
        try await connection.executeScript("DROP TABLE IF EXISTS \(target); \(try table.createTableSQL(as: target))")
        let text = table.copyText
        try await connection.copyIn("COPY \(target) FROM STDIN") { writer in try writer.write(text) }
    }

    /// What a user's index would be; without it Postgres has only one way to read.
    private func index(_ view: FeatureViewPlan, for session: SessionTraps) async throws {
        guard session.planner == .indexes else { return }
        var columns: [String] = []
        for column in view.joinKeyColumns + [view.source.eventTimestamp] {
            columns.append(try SQLIdentifier(column.name).quoted)
        }
        try await connection.execute("CREATE INDEX ON \(try quoted(view.source.name)) (\(columns.joined(separator: ", ")))")
    }
}

extension SessionTraps {
    fileprivate var settings: [(name: String, value: String)] {
        let isSorting = planner == .sorting
        return [
            ("TimeZone", timeZone), ("enable_hashjoin", isSorting ? "off" : "on"), ("enable_nestloop", isSorting ? "off" : "on"),
            ("enable_hashagg", isSorting ? "off" : "on"), ("enable_seqscan", planner == .indexes ? "off" : "on"),
        ]
    }
}
