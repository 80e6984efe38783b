import FeatureDefs
import Oracle
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// A random store in a real Postgres, compiled against its real catalogue, beside the oracle that knows what is right.
struct StoreBench {
    let store: RandomStore
    let plan: Plan
    let selection: FeatureSelection
    let oracle: NaiveTraining
    let connection: PostgresConnection

    /// Replaces whatever store the database held.
    ///
    /// - Parameter choose: which of the services' features are selected; all by default.
    init(
        _ store: RandomStore, on connection: PostgresConnection,
        choosing choose: ([SelectedFeature]) -> [SelectedFeature] = { $0 }
    ) async throws {
        try await connection.executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS asof CASCADE")
        try await store.create(in: connection)
        let parsed = parseProject([SourceFile(path: "features/store.yaml", text: store.yaml)], project: RandomStore.projectName)
        plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        selection = try plan.selection(of: choose(plan.services.flatMap(\.features)))
        oracle = NaiveTraining(selection, rows: store.naiveRows)
        self.store = store
        self.connection = connection
    }

    /// A connection to a database of its own, whose administrator lives in New York.
    ///
    /// - Parameter sorting: joins by sorting both sides wherever it can, so that what keeps its order by luck does not.
    static func connect(sorting: Bool = false) async throws -> PostgresConnection {
        let url = try await TestStack.shared().freshDatabase("conformance", timeZone: "America/New_York")
        let settings = sorting ? [(name: "enable_hashjoin", value: "off"), (name: "enable_nestloop", value: "off")] : []
        return try await .connect(to: url, settings: settings)
    }

    var origin: TrainingOrigin { TrainingOrigin(engineVersion: "test", plan: plan, service: "all") }

    func trainingRequest(
        _ spine: SpineSource, _ knowledge: KnowledgeMode, _ way: JoinWay = .probe, asOf: Timestamp? = nil
    ) -> TrainingRequest {
        TrainingRequest(
            selection: selection,
            spine: spine,
            timestampColumn: RandomSpine.timestampColumn,
            knowledge: knowledge,
            usesFullFeatureNames: true,
            asOf: asOf,
            strategy: way.strategy,
            memoryBytes: way.memoryBytes,
            wholeTables: way.wholeTables
        )
    }
}

/// A strategy, and how much memory it may take.
struct JoinWay: Sendable, CustomTestStringConvertible {
    let strategy: JoinStrategy
    let memoryBytes: Int?
    var wholeTables = WholeTableUse.whereItPays

    static let probe = JoinWay(strategy: .probe, memoryBytes: nil)
    static let merge = JoinWay(strategy: .merge, memoryBytes: nil)
    /// All tables come whole, though the spine sees little of them.
    static let whole = JoinWay(strategy: .merge, memoryBytes: nil, wholeTables: .whereverPossible)
    /// Nothing fits, so that all goes by way of the disk.
    static let spilled = JoinWay(strategy: .merge, memoryBytes: 0)
    static let all = [probe, merge, whole, spilled]

    var testDescription: String {
        strategy.rawValue + (memoryBytes == nil ? "" : ", spilled") + (wholeTables == .whereItPays ? "" : ", whole tables")
    }
}
