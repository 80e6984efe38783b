import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// After any sequence of runs, what Redis has is what one full run at that instant would write.
@Suite struct IncrementalMaterializationTests {
    private static let seedsPerBlock: UInt64 = 8
    private static let steps = 8

    /// Rows arrive late, are corrected, leave windows; runs crash and are run again.
    @Test(arguments: 0..<4)
    func incrementalRunsEqualAFullOne(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var incremental = 0
        var compared = 0
        for seed in block * Self.seedsPerBlock..<(block + 1) * Self.seedsPerBlock {
            var random = SeededGenerator(seed: seed &+ 7_000_000)
            let store = RandomStore(seed: seed, options: .init(isServable: true, rowsPerTable: 90))
            var bench = try await IncrementalBench(store, on: connection, random: &random)
            // One more than there are steps, so that a run may be repeated at its instant.
            let instants = (0..<Self.steps).map { _ in store.instant(random: &random) }.sorted()
            for instant in instants {
                try await bench.letRowsArrive(random: &random)
                if random.oneIn(3) { try await bench.changeRows(random: &random) }
                if random.oneIn(4) { try await bench.crashMidway(at: instant, random: &random) }
                if random.oneIn(3) { try await bench.letRowsArrive(random: &random) }
                let scopes = try await bench.materialize(at: instant)
                incremental += scopes.count { !$0.isFull }
                let expected = try await bench.expected(at: instant)
                let actual = try await bench.actual()
                compared += expected.count
                #expect(actual == expected, "seed \(seed) at \(instant), \(scopes)\n\(store.yaml)")
            }
            bench.close()
        }
        #expect(incremental > 40, "only \(incremental) runs were incremental")
        #expect(compared > 200)
        await connection.close()
    }
}
