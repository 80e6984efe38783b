import FeatureDefs
import Oracle
import PostgresClient
import TestSupport
import Testing

/// Rows of several definitions of a view stand side by side in Redis: whoever looks up, by whichever definition, gets what it means, or is
/// told that it is not there.
@Suite struct LayoutTests {
    private static let seedsPerBlock: UInt64 = 4
    private static let steps = 7

    @Test(arguments: 0..<4)
    func everyAnswerIsRightUnderItsPlanOrHonestlyAbsent(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var (right, absent, others) = (0, 0, 0)
        for seed in block * Self.seedsPerBlock..<(block + 1) * Self.seedsPerBlock {
            var random = SeededGenerator(seed: seed &+ 11_000_000)
            let options = RandomStore.Options(isServable: true, rowsPerTable: 40, takesPushes: random.oneIn(2))
            let store = RandomStore(seed: seed, options: options)
            var bench = try await LayoutsBench(store, on: connection)
            let instants = (0..<Self.steps).map { _ in store.instant(random: &random) }.sorted()
            for (step, instant) in instants.enumerated() {
                let context = "seed \(seed), step \(step)"
                if step == 0 || !random.oneIn(3) { try await bench.materialize(at: instant, random: &random) }
                if random.oneIn(3) { try await bench.age(random: &random) }
                try await bench.check(at: instant, context)
                if !random.oneIn(4) { try await bench.changeDefinitions(random: &random) }
                try await bench.check(at: instant, context + " after the change")
                if random.oneIn(3) {
                    try await bench.crashMidway(at: instant, random: &random)
                    try await bench.check(at: instant, context + " after a crash")
                }
            }
            (right, absent, others) = (right + bench.counts.right, absent + bench.counts.absent, others + bench.counts.fromOthers)
            bench.close()
        }
        #expect(right > 2_000 && absent > 200 && others > 200, "\(right) right, \(absent) absent, \(others) from other layouts")
        await connection.close()
    }
}
