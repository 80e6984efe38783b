import FeatureDefs
import Materializer
import OnlineStore
import Oracle
import PostgresClient
import RedisClient
import SkewChecker
import TestSupport
import Testing
import Verification

@testable import OfflineStore

/// What is served equals the oracle, and the skew check finds exactly what does not.
@Suite struct ServingConformanceTests {
    private static let seedsPerCase: UInt64 = 20

    /// After any sequence of runs at growing instants, a lookup gives what training would have seen.
    @Test(arguments: 0..<3)
    func lookupsEqualTheOracle(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        for seed in block * Self.seedsPerCase..<(block + 1) * Self.seedsPerCase {
            var random = SeededGenerator(seed: seed &+ 2_000_000)
            let options = RandomStore.Options(isServable: true, hasFailingOnDemandFeatures: true)
            let bench = try await ServingBench(RandomStore(seed: seed, options: options), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            let instants = (0..<3).map { _ in bench.store.instant(random: &random) }.sorted()
            for instant in instants {
                try await bench.materialize(at: instant)
                let result = try await bench.lookup(spine, at: instant)
                try bench.expect(result, equalsTheOracleFor: spine, at: instant, "seed \(seed), \(instant)")
            }
            bench.close()
        }
        await connection.close()
    }

    /// An older run that comes late changes nothing.
    @Test func anOlderRunNeverOverwritesANewerOne() async throws {
        let connection = try await StoreBench.connect()
        for seed in 600..<600 + Self.seedsPerCase {
            var random = SeededGenerator(seed: seed)
            let bench = try await ServingBench(RandomStore(seed: seed, options: .init(isServable: true)), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            let instants = (0..<2).map { _ in bench.store.instant(random: &random) }.sorted()
            try await bench.materialize(at: instants[1])
            try await bench.materialize(at: instants[0])
            let result = try await bench.lookup(spine, at: instants[1])
            try bench.expect(result, equalsTheOracleFor: spine, at: instants[1], "seed \(seed)")
            bench.close()
        }
        await connection.close()
    }

    /// Entities whose rows are gone from the source are gone from the online store after the next run.
    @Test func deletedEntitiesAreNotServed() async throws {
        let connection = try await StoreBench.connect()
        let bench = try await ServingBench(RandomStore(seed: 77, options: .init(isServable: true)), on: connection)
        var random = SeededGenerator(seed: 77)
        let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
        let now = try #require(Timestamp("2025-01-01T00:00:00Z"))
        try await bench.materialize(at: now)
        for table in bench.store.tables { try await connection.execute("DELETE FROM \(table.name)") }
        // Else Postgres may count them a moment later, and the run after the next removes them.
        try await connection.execute("SELECT pg_stat_force_next_flush()")
        // A later cut for every schedule.
        let later = now + Period(microseconds: 40 * 86_400_000_000)
        try await bench.materialize(at: later)
        let result = try await bench.lookup(spine, at: later)
        for (view, versions) in zip(bench.selection.joinedViews, result.versions) {
            #expect(versions.allSatisfy { $0 == nil }, "\(view.name) still has rows")
        }
        bench.close()
        await connection.close()
    }

    /// Nothing that was served differs when nothing has changed; after rows arrive late, exactly what the oracle says.
    @Test(arguments: 0..<2)
    func skewIsFoundExactlyWhereTheOracleDiffers(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var differences = 0
        for seed in 300 + block * Self.seedsPerCase..<300 + (block + 1) * Self.seedsPerCase {
            var random = SeededGenerator(seed: seed &+ 3_000_000)
            let options = RandomStore.Options(isServable: true, hasFailingOnDemandFeatures: true)
            let bench = try await ServingBench(RandomStore(seed: seed, options: options), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            let instant = bench.store.instant(random: &random)
            try await bench.materialize(at: instant)
            let served = try await bench.serve(spine, at: instant)
            let clean = try await bench.skew()
            #expect(clean.document.compared > 0 && clean.document.different == 0, "seed \(seed): \(clean.document)")

            // A third of the rows vanish: the mirror image of rows that arrive late without saying so.
            let remaining = bench.store.tables.map { $0.keeping { index in index % 3 != 0 } }
            for (table, rest) in zip(bench.store.tables, remaining) {
                try await connection.execute("DROP TABLE \(table.name) CASCADE")
                try await rest.create(in: connection)
            }
            let changed = NaiveTraining(
                bench.selection,
                rows: Dictionary(uniqueKeysWithValues: remaining.map { ($0.name, $0.naiveRows) })
            )
            let report = try await bench.skew()
            let expected = try bench.differences(between: served, and: changed, spine: spine, at: instant)
            let found = report.services.flatMap(\.features).map(\.different)
            #expect(found == expected, "seed \(seed)")
            differences += expected.reduce(0, +)
            bench.close()
        }
        #expect(differences > 100, "the seeds show too little skew")
        await connection.close()
    }
}
