import FeatureDefs
import PostgresClient

/// How the values of every entity at one instant are found.
enum EntityAccess: Hashable, Sendable {
    /// The source is sorted by entity, in one pass: as good with an index as without.
    case sorted
    /// An index is searched for each entity: better where an entity has many rows, of which a few are wanted.
    case searched

    /// Fewer rows are sorted in no time.
    private static let fewRows = 10_000.0
    /// Rows of an entity from which on a search of the index takes less than sorting them.
    private static let manyRowsOfEntity = 16.0

    static func choose(for view: FeatureViewPlan, on connection: PostgresConnection) async throws -> EntityAccess {
        // There is one entity, whatever the source.
        if view.joinKeys.isEmpty { return .searched }
        guard case .table = view.source.relation else { return .sorted }
        let table = try view.source.relation.sql()
        let rows = try await PlannedQuery.read("SELECT FROM \(table) AS source", on: connection).rows
        guard rows > fewRows else { return .sorted }
        guard try await IndexAdvisor(connection: connection).missingIndexes(for: [view]).isEmpty else { return .sorted }
        var keys: [SQLFragment] = []
        for column in view.joinKeyColumns { keys.append("source.\(try SQLIdentifier(column.name))") }
        let entities = try await PlannedQuery.read("SELECT DISTINCT \(keys.joined()) FROM \(table) AS source", on: connection)
            .rows
        return rows > manyRowsOfEntity * entities ? .searched : .sorted
    }
}
