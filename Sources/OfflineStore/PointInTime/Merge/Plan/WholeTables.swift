import FeatureDefs
import PostgresClient

/// Chooses the sources that strategy `merge` reads whole (`WholeTable`): tables of which the spine sees about all, by what the
/// catalogue knows.
struct WholeTables: Sendable {
    let connection: PostgresConnection
    let request: TrainingRequest
    let statistics: JoinStatistics

    /// Of a table's rows at least so many are in the spine's range.
    private static let leastShare = 0.9
    /// A spine of fewer rows than this share of the table's may well ask for few of its keys.
    private static let leastSpineShare = 0.25
    /// Of what may be decoded, since nothing is left out on the way.
    private static let greatestBudgetShare = 0.5
    /// Below so many rows a connection of its own costs more than it gains.
    private static let leastRows = 50_000.0

    /// The largest first.
    func choose() async throws -> [WholeTable] {
        let spine = try await spine()
        if spine == nil, request.wholeTables == .whereItPays { return [] }
        let memory = MemoryBudget(bytes: request.memoryBytes ?? MemoryBudget.standard)
        var bytesLeft = Double(memory.cellBytes) * Self.greatestBudgetShare - statistics.spineRows * statistics.spineRowBytes
        var tables: [WholeTable] = []
        for (index, read) in SourceRead.plan(request.selection.joinedViews).enumerated() {
            let known = statistics.reads[index]
            let bytes = known.sourceRows * known.rowBytes
            guard bytes <= bytesLeft,
                let table = try WholeTable(read, index: index, expectedRows: Int(known.sourceRows) / 32 * 33),
                try await pays(read, known, spine), try await isPlainTable(read)
            else { continue }
            bytesLeft -= bytes
            tables.append(table)
        }
        return tables.sorted { $0.expectedRows > $1.expectedRows }
    }

    /// The spine's table, where the catalogue knows its times: else nothing says which rows are in range.
    private func spine() async throws -> SQLFragment? {
        guard case .table(let parts) = request.spine else { return nil }
        let spine = try SourcePlan.Relation.table(parts).sql()
        return try await ColumnBounds.instants(of: request.timestampColumn, in: spine, on: connection) == nil ? nil : spine
    }

    private func pays(_ read: SourceRead, _ known: JoinStatistics.Read, _ spine: SQLFragment?) async throws -> Bool {
        switch request.wholeTables {
        case .whereverPossible: return true
        case .whereItPays:
            guard let spine, isSeenWhole(known) else { return false }
            return try await hasKeysOfSpine(read, spine)
        }
    }

    private func isSeenWhole(_ read: JoinStatistics.Read) -> Bool {
        read.sourceRows >= Self.leastRows && read.readRows >= Self.leastShare * read.sourceRows
            && statistics.spineRows >= Self.leastSpineShare * read.sourceRows
    }

    /// Whether `COPY table` sends what `SELECT` would: a table that has neither parts nor policies, nor computes a column.
    private func isPlainTable(_ read: SourceRead) async throws -> Bool {
        try await connection.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
                WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind = 'r' AND a.amname = 'heap' AND NOT c.relhassubclass
                  AND NOT pg_catalog.row_security_active(c.oid)
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attgenerated <> ''))
            """,
            [.text(try read.source.relation.sql().text)]
        ).firstCell == "t"
    }

    /// Whether the spine's keys are not so few that asking for them alone pays (`KeyPushdown`).
    private func hasKeysOfSpine(_ read: SourceRead, _ spine: SQLFragment) async throws -> Bool {
        guard read.keys.count == 1 else { return true }
        let own = try await KeyPushdown.distinctKeys(of: read.keys[0].name, in: spine, on: connection)
        let source = try await KeyPushdown.distinctKeys(
            of: read.keyColumns[0].name, in: try read.source.relation.sql(), on: connection)
        guard let own, let source else { return false }
        return !KeyPushdown.pays(keys: own, of: source)
    }
}
