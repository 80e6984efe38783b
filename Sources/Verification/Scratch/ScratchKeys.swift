import FeatureDefs
import OnlineStore
import RedisClient

/// The keys that a case's rows have in Redis, under the scratch project's name; removed however the work ends.
struct ScratchKeys: Sendable {
    private let keys: [[UInt8]]
    private let redis: RedisConnection

    init(_ verificationCase: VerificationCase, redis: RedisConnection) {
        self.redis = redis
        let tables = Dictionary(verificationCase.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var keys = Set<[UInt8]>()
        for view in verificationCase.selection.distinctViews {
            let encoder = EntityKeyEncoder(project: verificationCase.plan.project, joinKeys: view.joinKeys)
            let columns = Dictionary(
                zip(view.joinKeys.map(\.name), view.joinKeyColumns.map(\.name)), uniquingKeysWith: { first, _ in first })
            for row in tables[view.source.name]?.naiveRows ?? [] {
                var key: [UInt8] = []
                let isWhole = try? encoder.encode(into: &key) { row[columns[encoder.joinKeys[$0].name] ?? ""] ?? .null }
                if isWhole == true { keys.insert(key) }
            }
        }
        self.keys = keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The numbers that a registry would give the plan's views.
    static func ids(of plan: Plan) -> [String: ViewLayoutIDs] {
        Dictionary(
            plan.featureViews.enumerated().map { ($1.name, ViewLayoutIDs(field: UInt32($0 + 1), layout: UInt32($0 + 1))) },
            uniquingKeysWith: { first, _ in first })
    }

    func removedAfterwards<Output>(_ body: () async throws -> Output) async throws -> Output {
        let result: Result<Output, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        // In a task of its own, which is not cancelled when this one is.
        let removal = await Task { try await remove() }.result
        let output = try result.get()
        try removal.get()
        return output
    }

    private func remove() async throws {
        var pipeline = RedisPipeline()
        for key in keys {
            pipeline.startCommand("UNLINK")
            pipeline.add(key)
        }
        _ = try await redis.send(pipeline)
    }
}
