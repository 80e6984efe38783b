import Columnar
import FeatureDefs
import PostgresClient

/// Writes a training set as a new table, on a connection of its own: one transaction creates, fills and describes it.
///
/// Rows go as CSV text, which every type's own input reads, also those that asof does not know.
actor TableTrainingWriter: TrainingWriter {
    nonisolated let keepsSpineText = false
    private let parts: [String]
    private let url: PostgresURL
    private var connection: PostgresConnection?
    private var encoder: CSVRowEncoder?
    private var buffer: [UInt8] = []

    init(parts: [String], url: PostgresURL) {
        self.parts = parts
        self.url = url
    }

    private func table() throws(PostgresError) -> SQLFragment { try SourcePlan.Relation.table(parts).sql() }

    func begin(_ schema: TrainingSchema) async throws {
        let connection = try await PostgresConnection.connect(to: url)
        self.connection = connection
        try await connection.execute("BEGIN")
        var columns: [SQLFragment] = []
        for column in schema.columns {
            // As Postgres' own catalogue spells the type.
            columns.append("\(try SQLIdentifier(column.name)) \(SQLFragment(stringLiteral: column.databaseType))")
        }
        do {
            try await connection.execute("CREATE TABLE \(try table().text) (\(columns.joined().text))")
        } catch {
            // Of two runs that make it at once, the later waits until the other is done, and finds its name taken in the catalogue.
            guard error.sqlState == .duplicateTable || error.sqlState == .uniqueViolation else { throw error }
            throw TrainingError.tableExists(parts.joined(separator: "."))
        }
        encoder = CSVRowEncoder(schema)
        try await connection.beginCopyIn("COPY \(try table().text) FROM STDIN (FORMAT csv)")
    }

    func write(_ batch: ColumnTable) async throws {
        guard let encoder, let connection else { return }
        encoder.append(batch, to: &buffer)
        try await connection.putCopyData(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    func finish() async throws -> WrittenOutput {
        let sql = "COPY \(try table().text) FROM STDIN (FORMAT csv)"
        _ = try await connection?.endCopyIn(sql)
        return WrittenOutput(fileSHA256: nil, bytes: nil)
    }

    /// The commit waits for the disk.
    func synchronize() {}

    /// The manifest becomes the table's comment.
    func publish(manifest: TrainingManifest) async throws {
        let comment = SQLLiteral(.string(try manifest.json()), type: .string).withoutType
        try await connection?.execute("COMMENT ON TABLE \(try table().text) IS \(SQLFragment(comment).text)")
        try await connection?.execute("COMMIT")
        await connection?.close()
        connection = nil
    }

    /// With the connection goes its transaction.
    func abort() async {
        await connection?.close()
        connection = nil
    }
}
