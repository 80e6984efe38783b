import Evaluation
import FeatureDefs
import Foundation
import Oracle
import PostgresClient
import TestSupport
import Testing
import Verification

@testable import OfflineStore

/// Training sets equal the oracle, in every knowledge mode, on stores full of traps.
@Suite struct TrainingConformanceTests {
    private static let seedsPerCase: UInt64 = 30

    /// A knowledge mode and a way to join.
    struct Case: Sendable, CustomTestStringConvertible {
        let knowledge: KnowledgeMode
        let way: JoinWay

        static let all = KnowledgeMode.allCases.flatMap { knowledge in
            JoinWay.all.map { Case(knowledge: knowledge, way: $0) }
        }

        var testDescription: String { "\(knowledge.rawValue), \(way.testDescription)" }
    }

    @Test(arguments: Case.all, 0..<2)
    func trainingFromATableEqualsTheOracle(_ mode: Case, block: UInt64) async throws {
        let knowledge = mode.knowledge
        let connection = try await StoreBench.connect(sorting: block == 1)
        for seed in block * Self.seedsPerCase..<(block + 1) * Self.seedsPerCase {
            var random = SeededGenerator(seed: seed &+ 1_000_000)
            let bench = try await StoreBench(RandomStore(seed: seed), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            try await spine.table(named: "spine").create(in: connection)
            let builder = TrainingSetBuilder(connection: connection)
            let result = try await builder.build(
                bench.trainingRequest(.table(["spine"]), knowledge, mode.way), for: bench.origin, to: .table(["result"]))
            let rows = try await bench.rows(ofTable: "result", spine: spine)
            try bench.expect(rows, result.rows, equalTheOracleFor: spine, knowledge, "seed \(seed)")
        }
        await connection.close()
    }

    @Test(arguments: Case.all)
    func trainingFromCSVToCSVEqualsTheOracle(_ mode: Case) async throws {
        let knowledge = mode.knowledge
        let connection = try await StoreBench.connect()
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-csv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "spine.csv").path
        let output = folder.appending(path: "train.csv").path
        for seed in 5000..<5000 + Self.seedsPerCase {
            var random = SeededGenerator(seed: seed &+ 1_000_000)
            let bench = try await StoreBench(RandomStore(seed: seed), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            try Data(spine.csv.utf8).write(to: URL(filePath: input))
            let builder = TrainingSetBuilder(connection: connection)
            let result = try await builder.build(
                bench.trainingRequest(.csv(path: input), knowledge, mode.way), for: bench.origin, to: .csv(path: output))
            let rows = try bench.rows(ofCSV: output, spine: spine)
            try bench.expect(rows, result.rows, equalTheOracleFor: spine, knowledge, "seed \(seed)")
        }
        await connection.close()
    }

    /// A feature is what it is in the whole view, however few of the view's features are asked for with it.
    @Test(arguments: JoinWay.all)
    func someFeaturesOfAViewEqualTheOracle(way: JoinWay) async throws {
        let connection = try await StoreBench.connect()
        for seed in 15_000..<15_000 + Self.seedsPerCase {
            var random = SeededGenerator(seed: seed)
            let bench = try await StoreBench(RandomStore(seed: seed), on: connection) { features in
                let chosen = features.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
                return chosen.isEmpty ? Array(features.prefix(1)) : chosen
            }
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            try await spine.table(named: "spine").create(in: connection)
            _ = try await TrainingSetBuilder(connection: connection).build(
                bench.trainingRequest(.table(["spine"]), .asServed, way), for: bench.origin, to: .table(["result"]))
            let rows = try await bench.rows(ofTable: "result", spine: spine)
            try bench.expect(rows, rows.count, equalTheOracleFor: spine, .asServed, "seed \(seed)")
        }
        await connection.close()
    }

    /// What was recorded after the run's own instant does not exist, whatever the knowledge mode.
    @Test(arguments: Case.all)
    func trainingAsOfAnInstantEqualsTheOracle(_ mode: Case) async throws {
        let knowledge = mode.knowledge
        let connection = try await StoreBench.connect()
        var pinned = 0
        for seed in 12_000..<12_000 + Self.seedsPerCase {
            var random = SeededGenerator(seed: seed)
            let bench = try await StoreBench(RandomStore(seed: seed), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, random: &random)
            try await spine.table(named: "spine").create(in: connection)
            let instant = try #require(spine.rows.indices.compactMap(spine.time).randomElement(using: &random))
            let asOf = instant + Period(microseconds: Int64.random(in: -1...1, using: &random))
            _ = try await TrainingSetBuilder(connection: connection).build(
                bench.trainingRequest(.table(["spine"]), knowledge, mode.way, asOf: asOf), for: bench.origin,
                to: .table(["result"]))
            let rows = try await bench.rows(ofTable: "result", spine: spine)
            try bench.expect(rows, rows.count, equalTheOracleFor: spine, knowledge, asOf: asOf, "seed \(seed) as of \(asOf)")
            for index in rows.indices {
                let unpinned = try bench.oracle.features(
                    spine: spine.naiveRow(index), at: spine.time(index), knowledge: knowledge)
                for (feature, actual) in zip(unpinned, rows[index].features) where try !feature.get().accepts(actual) {
                    pinned += 1
                }
            }
        }
        #expect(pinned > 0, "the instants hide nothing")
        await connection.close()
    }

    /// An error in any row's on-demand feature fails the training set, and only then.
    @Test(arguments: JoinWay.all)
    func trainingFailsExactlyWhenTheOracleDoes(way: JoinWay) async throws {
        let connection = try await StoreBench.connect()
        var failures = 0
        for seed in 9000..<9000 + Self.seedsPerCase {
            var random = SeededGenerator(seed: seed)
            let options = RandomStore.Options(hasFailingOnDemandFeatures: true)
            let bench = try await StoreBench(RandomStore(seed: seed, options: options), on: connection)
            let spine = RandomSpine(for: bench.selection, of: bench.store, rowCount: 4, random: &random)
            try await spine.table(named: "spine").create(in: connection)
            let fails = try spine.rows.indices.contains { index in
                let expected = try bench.oracle.features(spine: spine.naiveRow(index), at: spine.time(index), knowledge: .asKnown)
                return expected.contains { if case .failure = $0 { true } else { false } }
            }
            let builder = TrainingSetBuilder(connection: connection)
            do {
                _ = try await builder.build(
                    bench.trainingRequest(.table(["spine"]), .asKnown, way), for: bench.origin, to: .table(["result"]))
                #expect(!fails, "seed \(seed)")
            } catch is TrainingError {
                #expect(fails, "seed \(seed)")
                failures += 1
            }
        }
        #expect(failures > 0 && failures < Int(Self.seedsPerCase), "the seeds show only one of both outcomes")
        await connection.close()
    }
}

/// A row of a training set: the spine's part as it came out, and the features.
struct TrainingRow {
    let spine: [FeatureValue]
    let features: [FeatureValue]
}

extension StoreBench {
    /// The rows of a result table, in the order in which they were written.
    func rows(ofTable name: String, spine: RandomSpine) async throws -> [TrainingRow] {
        let spineTypes = spine.columns.map(\.storage.featureType)
        let featureTypes = selection.types
        let state = (decoder: BinaryCopyDecoder(), rows: [TrainingRow]())
        let result = try await connection.copyOut(
            "COPY (SELECT * FROM \(name) ORDER BY ctid) TO STDOUT (FORMAT binary)", into: state
        ) { state, message in
            try state.decoder.decode(message) { row in
                var values: [FeatureValue] = []
                for type in spineTypes + featureTypes { values.append(try row.nextValue(as: type)) }
                state.rows.append(
                    TrainingRow(
                        spine: Array(values.prefix(spineTypes.count)),
                        features: Array(values.suffix(featureTypes.count))
                    )
                )
            }
        }
        return result.rows
    }

    /// The rows of a result file. The spine's columns are text, as they were.
    func rows(ofCSV path: String, spine: RandomSpine) throws -> [TrainingRow] {
        var reader = try CSVReader(path: path)
        let names = spine.columns.map(\.name)
        #expect(Array(reader.header.prefix(names.count)) == names)
        var record = CSVRecord()
        var rows: [TrainingRow] = []
        while try reader.next(into: &record) {
            var features: [FeatureValue] = []
            for (index, type) in selection.types.enumerated() {
                guard let text = record.text(names.count + index) else {
                    features.append(.null)
                    continue
                }
                features.append(try #require(FeatureValue(parsing: text, as: type), "\(text) as \(type)"))
            }
            rows.append(
                TrainingRow(spine: names.indices.map { record.text($0).map(FeatureValue.string) ?? .null }, features: features)
            )
        }
        return rows
    }

    func expect(
        _ rows: [TrainingRow],
        _ reported: Int,
        equalTheOracleFor spine: RandomSpine,
        _ knowledge: KnowledgeMode,
        asOf: Timestamp? = nil,
        _ context: String
    ) throws {
        #expect(rows.count == spine.rows.count && reported == rows.count, "\(context): one row for each spine row")
        for (index, row) in rows.enumerated() {
            let expected = try oracle.features(
                spine: spine.naiveRow(index), at: spine.time(index), knowledge: knowledge, asOf: asOf)
            for (position, (actual, result)) in zip(row.features, expected).enumerated() {
                let feature = try result.get()
                #expect(
                    feature.accepts(actual),
                    """
                    \(context), row \(index), \(selection.features[position]): expected \(feature), found \(actual.text ?? "NULL")
                    spine: \(spine.naiveRow(index))
                    \(store.yaml)
                    """
                )
            }
            // As text, since what is a vector to the definitions is an array to the spine.
            let passed = zip(row.spine, spine.rows[index]).allSatisfy { $0.text == $1.text }
            #expect(passed, "\(context), row \(index): the spine's own columns changed")
        }
    }
}
