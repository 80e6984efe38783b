import FeatureDefs
import PostgresClient

/// How the values of many entities at one instant are found.
enum EntityAccess: Hashable, Sendable {
    /// The source is gone over, and what is wanted of it sorted by entity where an entity may have several rows: as good with an index
    /// as without.
    case scanned(RowsPerEntity)
    /// An index is searched for each entity: better where few are wanted, or an entity has many rows, of which a few are.
    case searched

    /// Fewer rows are sorted in no time.
    private static let fewRows = 10_000.0
    /// What a search and a sort take, in rows gone over. Measured on Postgres 15 with all in memory, a million rows of 100,000 entities:
    /// 0.28 µs to go over a row and look its entity up, 0.7 µs more to sort it, 10 to 12 µs for an entity's latest row by the index,
    /// 25 µs with a window. A search is counted at more than that, since its rows may have to come from anywhere on disk.
    private static let sort = 2.5
    private static let search = 56.0

    /// Within the transaction that then reads the rows, which is repeatable read.
    ///
    /// - Parameters:
    ///   - wanted: how many entities, at most; nil for all.
    ///   - sample: which of them.
    ///   - rows: how many rows Postgres expects, where the transaction has read them once already; nil to ask its planner, if need be.
    static func choose(
        for view: FeatureViewPlan, wanted: Int64?, sample: EntitySample? = nil, rows: Double? = nil,
        on connection: PostgresConnection
    ) async throws -> EntityAccess {
        // There is one entity, whatever the source.
        if view.joinKeys.isEmpty { return .searched }
        guard case .table = view.source.relation else { return .scanned(.many) }
        let isSearchable = view.joinKeyColumns.allSatisfy(\.storage.isComparedAsStored)
        // Nothing to choose: without an index a search goes over the source, too.
        if isSearchable, let wanted, wanted <= 1 { return .searched }
        let table = try view.source.relation.sql()
        let planned = if let rows { rows } else { try await rowEstimate(of: table, on: connection) }
        // Read or planned once, the table is locked: none of another name takes its place any more.
        let perEntity = try await RowsPerEntity.read(of: view, on: connection)
        guard isSearchable, planned > fewRows, try await IndexAdvisor(connection: connection).missingIndexes(for: [view]).isEmpty
        else { return .scanned(perEntity) }
        if let wanted, search * Double(wanted) < planned { return .searched }
        var keys: [SQLFragment] = []
        for column in view.joinKeyColumns { keys.append("source.\(try SQLIdentifier(column.name))") }
        let entities = try await PlannedQuery.read("SELECT DISTINCT \(keys.joined()) FROM \(table) AS source", on: connection)
            .rows
        let part = min(1, Double(wanted ?? .max) / entities) * (sample?.share ?? 1)
        let sorting = perEntity == .one ? 0 : sort * part
        return search * entities * part < planned * (1 + sorting) ? .searched : .scanned(perEntity)
    }

    /// How many rows a table has, about.
    static func rowEstimate(of table: SQLFragment, on connection: PostgresConnection) async throws -> Double {
        try await PlannedQuery.read("SELECT FROM \(table) AS source", on: connection).rows
    }
}
