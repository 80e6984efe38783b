import Evaluation
import FeatureDefs
import Oracle
import PostgresClient
import Testing

@testable import OfflineStore

/// Variances of training sets, over values on which formulas lose their digits, miss the exact ones by 1e-12 of them at most.
@Suite struct VarianceConformanceTests {
    private static let definitions = """
        entities: {sample: {join_keys: {sample: int64}}}
        sources: {numbers: {table: numbers, event_timestamp: at}}
        feature_views:
          spread:
            entities: [sample]
            source: numbers
            features:
              variance: {variance: x, window: 1d}
              stddev: {stddev: x, window: 1d}
              variance_of_integers: {variance: i, window: 1d}
              stddev_of_integers: {stddev: i, window: 1d}
        feature_services: {all: {features: [spread]}}
        """

    @Test func variancesAreWithinTheirTolerance() async throws {
        let samples = Self.samples()
        let integers = samples.map { $0.map { Int64($0.rounded()) } }
        let connection = try await StoreBench.connect()
        try await store(samples, integers, on: connection)
        let rows = try await train(on: connection, samples: samples.count)
        var worst = 0.0
        for (sample, row) in rows.enumerated() {
            var moments = ExactMoments()
            for value in samples[sample] { moments.add(value) }
            var wholeMoments = ExactMoments()
            for value in integers[sample] { wholeMoments.add(value) }
            let expected = [
                try moments.variance(), moments.standardDeviation(),
                try wholeMoments.variance(), wholeMoments.standardDeviation(),
            ]
            for (position, expected) in expected.enumerated() {
                guard let expected, case .float64(let actual) = row[position] else {
                    Issue.record("sample \(sample), feature \(position): \(row[position])")
                    continue
                }
                let error = (actual - expected).magnitude
                #expect(error <= 1e-12 * expected, "sample \(sample), feature \(position): \(expected), not \(actual)")
                if expected > 0 { worst = max(worst, error / expected) }
            }
        }
        print("variances of \(rows.count) samples: the worst is \(worst) of itself off")
        await connection.close()
    }

    /// Exact sums, and one division, whoever makes them.
    @Test func variancesOfIntegersAreTheSameBitsWhateverTheStrategy() async throws {
        let samples = Self.samples()
        // An odd number beyond 2^53, which no float64 is.
        let integers = samples.map { $0.enumerated().map { $0 % 7 == 0 ? 9_007_199_254_740_993 : Int64($1.rounded()) } }
        let connection = try await StoreBench.connect()
        try await store(samples, integers, on: connection)
        let probed = try await train(on: connection, samples: samples.count, by: .probe)
        let merged = try await train(on: connection, samples: samples.count, by: .merge)
        for (sample, rows) in zip(probed, merged).enumerated() {
            for position in 2..<4 {
                guard case (.float64(let probed), .float64(let merged)) = (rows.0[position], rows.1[position]) else {
                    Issue.record("sample \(sample): \(rows.0[position]) and \(rows.1[position])")
                    continue
                }
                #expect(probed.bitPattern == merged.bitPattern, "sample \(sample): \(probed) and \(merged)")
            }
        }
        await connection.close()
    }

    private func store(_ samples: [[Double]], _ integers: [[Int64]], on connection: PostgresConnection) async throws {
        try await connection.execute("CREATE TABLE numbers (sample bigint, x float8, i bigint, at timestamptz)")
        try await connection.copyIn("COPY numbers FROM STDIN") { writer in
            for (sample, values) in samples.enumerated() {
                for (ordinal, value) in values.enumerated() {
                    try writer.write("\(sample)\t\(value)\t\(integers[sample][ordinal])\t2024-01-01 00:\(ordinal % 60)\n")
                }
            }
        }
    }

    /// Far from 0, close together, with one that is far from the rest, below or above.
    private static func samples() -> [[Double]] {
        var random = SeededGenerator(seed: 11)
        var samples: [[Double]] = []
        for count in [2, 3, 10, 500, 3000] {
            for base in [0, 1, 1.7e9, -1e15] {
                for spread in [1e-6, 1, 1e6] {
                    var values = (0..<count).map { _ in base + spread * Double.random(in: 0...1, using: &random) }
                    samples.append(values)
                    values[count / 2] = random.pick([-1e16, 1e16])
                    samples.append(values)
                }
            }
        }
        return samples
    }

    private func train(
        on connection: PostgresConnection, samples: Int, by strategy: JoinStrategy? = nil
    ) async throws -> [[FeatureValue]] {
        let parsed = parseProject([SourceFile(path: "features/spread.yaml", text: Self.definitions)], project: "spread")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: plan.services.flatMap(\.features)),
            spine: .query(
                "SELECT sample, timestamptz '2024-01-01 12:00+00' AS event_timestamp FROM generate_series(0, \(samples - 1)) sample"
            ),
            timestampColumn: "event_timestamp",
            knowledge: .asKnown,
            usesFullFeatureNames: false,
            strategy: strategy
        )
        try await connection.execute("DROP TABLE IF EXISTS result")
        _ = try await TrainingSetBuilder(connection: connection).build(
            request, for: TrainingOrigin(engineVersion: "test", plan: plan, service: "all"), to: .table(["result"]))
        let state = (decoder: BinaryCopyDecoder(), rows: [[FeatureValue]]())
        let result = try await connection.copyOut(
            """
            COPY (SELECT variance, stddev, variance_of_integers, stddev_of_integers FROM result ORDER BY sample)
            TO STDOUT (FORMAT binary)
            """,
            into: state
        ) { state, message in
            try state.decoder.decode(message) { row in
                var values: [FeatureValue] = []
                for _ in 0..<4 { values.append(try row.nextValue(as: .float64)) }
                state.rows.append(values)
            }
        }
        #expect(result.rows.count == samples)
        return result.rows
    }
}
