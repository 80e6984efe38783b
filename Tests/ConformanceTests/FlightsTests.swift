import FeatureDefs
import Foundation
import Oracle
import PostgresClient
import Testing

@testable import OfflineStore

/// Real flights: each of 20,000 as a spine row at its departure, with what was known of its airport's delays.
@Suite(.enabled(if: Flights.isPresent, "../shared/data/flights_2001q1.csv.gz is absent: the real data is NOT tested"))
struct FlightsTests {
    /// Values that a join which ignores `known_at` gives otherwise, of 20,000 each. The README quotes them.
    private static let leaked = [
        "last_delay": 19_598, "mean_delay_3h": 19_919, "mean_delay_24h": 19_864, "late_count_24h": 5775,
    ]

    @Test func trainingOnRealFlightsEqualsTheOracleAndDoesNotLeak() async throws {
        let flights = try Flights()
        let connection = try await StoreBench.connect()
        try await flights.load(into: connection)
        let plan = try await flights.plan(on: connection)
        let selection = try plan.selection(of: try #require(plan.service(named: "delays_v1")))
        let known = try await flights.train(selection, .asKnown, on: connection)
        let clean = try await flights.train(selection, .clean, on: connection)
        try flights.expect(known, equalsTheOracleOf: selection, .asKnown)
        try flights.expect(clean, equalsTheOracleOf: selection, .clean)
        for (index, feature) in selection.features.enumerated() {
            let differing = zip(known, clean).count { $0[index] != $1[index] }
            print("flights: \(feature): \(differing) of \(known.count) values leak without known_at")
            #expect(differing == Self.leaked[feature.reference.feature])
        }
        await connection.close()
    }

    /// One view for two airports.
    @Test func trainingOnTwoAirportsOfEachFlightEqualsTheOracle() async throws {
        let flights = try Flights()
        let connection = try await StoreBench.connect()
        try await flights.load(into: connection)
        let plan = try await flights.plan(on: connection)
        let selection = try plan.selection(of: try #require(plan.service(named: "delays_v2")))
        #expect(
            selection.features.map { $0.columnName(isFull: false) }.suffix(3) == [
                "at_destination__mean_delay_24h", "at_destination__late_count_24h", "worse_here",
            ])
        let known = try await flights.train(selection, .asKnown, on: connection)
        try flights.expect(known, equalsTheOracleOf: selection, .asKnown, ofEvery: 10)
        var gaps = 0
        for values in known {
            guard case .float64(let here) = values[1], case .float64(let there) = values[5] else {
                #expect(values[8] == .null)
                continue
            }
            #expect(values[8] == .float64(here - there))
            gaps += 1
        }
        #expect(gaps > 1000)
        await connection.close()
    }
}

/// The flights of `../shared/data`, as rows for the oracle and as a table.
private struct Flights {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    private static let archive = root.appending(path: "../shared/data/flights_2001q1.csv.gz").standardized.path
    static var isPresent: Bool { FileManager.default.fileExists(atPath: archive) }

    private let csv: Data
    private let rows: [NaiveRow]

    init() throws {
        let unpacking = Process()
        let output = Pipe()
        unpacking.executableURL = URL(filePath: "/bin/gzip")
        unpacking.arguments = ["-dc", Self.archive]
        unpacking.standardOutput = output
        try unpacking.run()
        csv = try #require(try output.fileHandleForReading.readToEnd())
        let lines = String(decoding: csv, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
        rows = try lines.map { line in
            let fields = line.split(separator: ",").map(String.init)
            return [
                "flight_id": try #require(FeatureValue(parsing: fields[0], as: .int64)),
                "departed_at": try #require(FeatureValue(parsing: fields[1], as: .timestamp)),
                "delay_minutes": try #require(FeatureValue(parsing: fields[2], as: .int64)),
                "known_at": try #require(FeatureValue(parsing: fields[3], as: .timestamp)),
                "origin": .string(fields[5]),
                "destination": .string(fields[6]),
            ]
        }
    }

    func load(into connection: PostgresConnection) async throws {
        try await connection.executeScript(
            """
            CREATE TABLE flights (flight_id bigint, departed_at timestamptz, delay_minutes bigint, known_at timestamptz,
                                  distance_miles bigint, origin text, destination text);
            CREATE INDEX ON flights (origin, departed_at)
            """
        )
        let bytes = Array(csv)
        try await connection.copyIn("COPY flights FROM STDIN (FORMAT csv, HEADER)") { writer in try writer.write(bytes) }
        try await connection.execute("ANALYZE flights")
    }

    func plan(on connection: PostgresConnection) async throws -> Plan {
        let path = "examples/flights/features/airports.yaml"
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let parsed = parseProject([SourceFile(path: path, text: text)], project: "flights")
        return try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
    }

    /// The features of every flight, in the order of the file.
    func train(
        _ selection: FeatureSelection,
        _ knowledge: KnowledgeMode,
        on connection: PostgresConnection
    ) async throws -> [[FeatureValue]] {
        let request = TrainingRequest(
            selection: selection,
            spine: .query("SELECT origin, destination, departed_at AS event_timestamp FROM flights ORDER BY flight_id"),
            timestampColumn: "event_timestamp",
            knowledge: knowledge,
            usesFullFeatureNames: false
        )
        let path = FileManager.default.temporaryDirectory.appending(path: "asof-flights-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let origin = TrainingOrigin(engineVersion: "test", plan: try await plan(on: connection), service: "all")
        _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: .csv(path: path))
        var reader = try CSVReader(path: path)
        var record = CSVRecord()
        var result: [[FeatureValue]] = []
        while try reader.next(into: &record) {
            result.append(
                try selection.types.enumerated().map { index, type in
                    guard let text = record.text(3 + index) else { return .null }
                    return try #require(FeatureValue(parsing: text, as: type))
                }
            )
        }
        return result
    }

    func expect(
        _ trained: [[FeatureValue]],
        equalsTheOracleOf selection: FeatureSelection,
        _ knowledge: KnowledgeMode,
        ofEvery stride: Int = 1
    ) throws {
        let view = try #require(selection.distinctViews.first)
        #expect(trained.count == rows.count)
        // By airport, so that the oracle's loops end today.
        let oracles = Dictionary(grouping: rows) { $0["origin"] ?? .null }.mapValues { NaivePointInTime(view, rows: $0) }
        var wrong = 0
        for (index, (row, values)) in zip(rows, trained).enumerated() where index.isMultiple(of: stride) {
            guard case .timestamp(let departure)? = row["departed_at"] else { continue }
            var expected: [NaiveFeature] = []
            for joined in selection.joinedViews {
                let airport = row[joined.joinKeys[0].name] ?? .null
                let oracle = oracles[airport] ?? NaivePointInTime(view, rows: [])
                expected += try oracle.features(keys: [airport], at: departure, knowledge: knowledge)
            }
            wrong += zip(expected, values).count { !$0.accepts($1) }
        }
        #expect(wrong == 0, "\(knowledge): \(wrong) values differ from the oracle's")
    }
}
