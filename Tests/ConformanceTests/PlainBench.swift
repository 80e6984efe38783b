import FeatureDefs
import Materializer
import OnlineStore
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import OfflineStore

/// A project of one feature view, applied, with a Redis of its own.
struct PlainBench {
    private let connection: PostgresConnection
    private let redis: RedisConnection
    let view: FeatureViewPlan
    private let ids: ViewLayoutIDs
    private let project: String

    init(_ yaml: String, on connection: PostgresConnection) async throws {
        let parsed = parseProject([SourceFile(path: "features/plain.yaml", text: yaml)], project: "plain")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let applied = try #require(
            try await Registry(connection: connection, project: plan.project)
                .apply(plan, appliedBy: "test", engineVersion: "test"))
        self.connection = connection
        project = plan.project
        view = try #require(applied.plan.featureViews.first)
        ids = try #require(applied.layouts[view.name])
        redis = try await .connect(to: try await TestStack.shared().freshRedisURL())
        try await flush()
    }

    func close() { redis.close() }

    func flush() async throws { _ = try await redis.send(RedisPipeline("FLUSHDB")) }

    @discardableResult
    func materialize(at instant: Timestamp, isFull: Bool = false) async throws -> MaterializationRun {
        try await Materializer(project: project, offline: connection, online: redis)
            .materialize(.init(view: view, ids: ids), at: instant, startedAt: instant, isFull: isFull)
    }

    /// Of the last run that Redis has not lost.
    func lastCut() async throws -> Timestamp? {
        try await Materializer(project: project, offline: connection, online: redis).lastCut(of: .init(view: view, ids: ids))
    }

    /// For each key that has a row: the key, then the view's features.
    func stored(keys: [[FeatureValue]]) async throws -> [[FeatureValue]] {
        let layout = OnlineViewLayout(project: project, view: view, ids: ids)
        var columns: [String: [FeatureValue]] = [:]
        for (index, key) in view.joinKeys.enumerated() { columns[key.name] = keys.map { $0[index] } }
        let rows = try await OnlineReader(from: redis).rows(of: [.init(layout)], count: keys.count, columns: columns)[0]
        return try zip(keys, rows).compactMap { key, row in
            guard case .row(let packed) = row else { return nil }
            let cells = try zip(view.storedCells, packed.values()).compactMap { cell, value in
                if case .feature = cell { value } else { nil }
            }
            return key + cells
        }
    }
}
