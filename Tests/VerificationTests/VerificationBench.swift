import FeatureDefs
import OfflineStore
import PostgresClient
import RedisClient
import TestSupport
import Verification

/// Verifies definitions on the tests' stores, as the command does.
enum VerificationBench {
    /// - Parameter ways: what to hold against the oracle; by default what the command does.
    static func verify(
        _ plan: Plan, seed: UInt64, runs: Int = Verifier.defaultRuns,
        ways: ((ScratchSchema) throws -> [any ComputationWay])? = nil
    ) async throws -> VerificationReport {
        let stack = try await TestStack.shared()
        let connection = try await PostgresConnection.connect(to: try await stack.freshDatabase("verify"))
        let redis = try await RedisConnection.connect(to: stack.freshRedisURL())
        let report = try await ScratchSchema.with(on: connection) { schema in
            let scratch = plan.readingTables(ofSchema: schema.name, project: schema.name)
            let verifier = Verifier(
                plan: scratch, subjects: VerificationSubject.all(of: plan),
                ways: try ways?(schema) ?? JoinStrategy.allCases.map { TrainingWay($0, in: schema) } + [
                    OnlineWay(schema, redis: redis)
                ], scratch: schema)
            return try await verifier.run(seed: seed, runs: runs)
        }
        let left = try await connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'asof\\_verify%'")
        guard left.firstCell == "0", try await keyCount(redis) == 0 else { throw LeftBehind() }
        redis.close()
        await connection.close()
        return report
    }

    struct LeftBehind: Error {}

    private static func keyCount(_ redis: RedisConnection) async throws -> Int {
        var pipeline = RedisPipeline()
        pipeline.startCommand("DBSIZE")
        guard case .integer(let count)? = try await redis.send(pipeline).first else { return -1 }
        return Int(count)
    }
}
