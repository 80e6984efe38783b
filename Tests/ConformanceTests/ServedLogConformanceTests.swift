import FeatureDefs
import Oracle
import PostgresClient
import SkewChecker
import TestSupport
import Testing

@testable import OfflineStore

/// The served log keeps what was served bit for bit: keys, request data and values of every type come out of Postgres as they
/// went in, whatever they are.
@Suite struct ServedLogConformanceTests {
    private static let types: [(name: String, type: FeatureType)] =
        [FeatureType.int64, .float64, .float32, .string, .bool, .timestamp, .bytes, .uuid].map { ("\($0)", $0) }
        + FeatureType.Scalar.allCases.map { ("list_\($0)", .list($0)) } + [("vector_3", .vector(3))]

    private static let definitions = """
        entities:
          moment: {join_keys: {moment: timestamp}}
        sources:
          events: {table: events, event_timestamp: at}
        feature_views:
          moments: {entities: [moment], source: events, features: {seen: {latest: moment}}}
        on_demand_feature_views:
          echo:
            request: {\(types.map { "\($0.name): \($0.type)" }.joined(separator: ", "))}
            features: {\(types.map { "echo_\($0.name): \($0.name)" }.joined(separator: ", "))}
        feature_services:
          all: {features: [moments, echo], log: {sample: 1.0}}
        """

    private struct Project {
        let connection: PostgresConnection
        let applied: AppliedPlan
        let schema: ServedSchema
        let sink: PostgresServedFeatureSink
    }

    private func project(setUp: String = "") async throws -> Project {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            "CREATE TABLE events (moment timestamptz, at timestamptz); SET TimeZone = 'Asia/Kathmandu'; \(setUp)")
        let parsed = parseProject([SourceFile(path: "features/log.yaml", text: Self.definitions)], project: "log")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let applied = try #require(
            try await Registry(connection: connection, project: "log").apply(plan, appliedBy: "test", engineVersion: "test"))
        return Project(
            connection: connection, applied: applied,
            schema: ServedSchema(
                service: "all", planFingerprint: applied.fingerprint,
                selection: try plan.selection(of: plan.services.flatMap(\.features))),
            sink: PostgresServedFeatureSink(project: "log", url: connection.url)
        )
    }

    private static let servedAt = Timestamp(microseconds: 1_704_110_400_123_456)

    /// A row in which everything is the same value, where its type allows.
    private static func row(
        _ number: Int, moment: FeatureValue, of schema: ServedSchema, record: ServedRecord? = nil,
        changing text: String? = nil
    ) -> ServedRow {
        let request = schema.requestInputs.map { input -> FeatureValue in
            if let text, input.type == .string { return .string(text) }
            let values = AdversarialValues.constants(of: input.type) + [.null]
            return values[number % values.count]
        }
        let values = [moment] + request
        return ServedRow(
            schema: schema, requestID: UUIDBytes(high: 7, low: UInt64(number)), ordinal: number, servedAt: servedAt,
            keys: [moment], request: request,
            features: values.map { ServedFeature(value: $0, status: $0.isNull ? .nullValue : .present, eventTimestamp: nil) },
            records: [record], monotonicMicroseconds: 5_000_001, sampleProbability: 0.25, host: "h"
        )
    }

    @Test func everyValueOfEveryTypeComesBackEqual() async throws {
        let project = try await project()
        let moments = AdversarialValues.instants.filter(\.isFinite).map { FeatureValue.timestamp($0) }
        for moment in moments {
            try await project.connection.execute(
                "INSERT INTO events VALUES ($1::timestamptz, '-infinity')", [.text(try #require(moment.postgresText))])
        }
        let count = 400
        let rows = (0..<count).map { Self.row($0, moment: moments[$0 % moments.count], of: project.schema) }
        try await project.sink.write(rows)
        let report = try await SkewCheck(project: "log", connection: project.connection)
            .run(since: Self.servedAt, service: nil, checkedAt: .epoch)
        for feature in report.services.flatMap(\.features) {
            #expect(feature.compared == count && feature.different == 0, "\(feature)")
        }
        #expect(report.services.first?.features.count == Self.types.count + 1)
        // Few entities, of which a quarter is logged, say little.
        #expect(report.verdict == .inconclusive)
        await project.connection.close()
    }

    @Test func theCanonicalTextOfALoggedInstantIsReadBackToo() {
        for instant in AdversarialValues.instants { #expect(Timestamp(instant.postgresText) == instant) }
    }

    /// What DESIGN's skew ladder needs of the online record.
    @Test func definitionRunCutAndEventAreLoggedForEachView() async throws {
        let project = try await project()
        let record = ServedRecord(
            cut: Timestamp(microseconds: 60), run: .max, event: Timestamp(microseconds: -1), available: Timestamp(microseconds: 2)
        )
        try await project.sink.write([
            Self.row(0, moment: .null, of: project.schema, record: record),
            Self.row(1, moment: .null, of: project.schema),
            Self.row(
                2, moment: .null, of: project.schema, record: .init(cut: .epoch, run: 0, event: nil, available: nil)),
        ])
        let found = try await project.connection.execute(
            """
            SELECT array_length(views, 1), views[1], view_fingerprints[1], cuts[1] = '1970-01-01 00:00:00.00006Z', runs[1],
                row_events[1] = '1969-12-31 23:59:59.999999Z', row_availables[1] = '1970-01-01 00:00:00.000002Z',
                monotonic_microseconds, sample_probability, host, served_at = '2024-01-01 12:00:00.123456Z'
            FROM asof.served_rows ORDER BY served_id
            """
        ).rows
        let fingerprint = try #require(project.applied.plan.featureView(named: "moments")?.fingerprint)
        let rest = ["5000001", "0.25", "h", "t"]
        #expect(found[0] == ["1", "moments", fingerprint, "t", "4294967295", "t", "t"] + rest)
        #expect(found[1] == ["1", "moments", fingerprint, nil, nil, nil, nil] + rest)
        #expect(found[2] == ["1", "moments", fingerprint, "f", "0", nil, nil] + rest)
        await project.connection.close()
    }

    /// The log of an older asof gets its new columns from whoever comes first, and keeps its rows.
    @Test(arguments: [true, false])
    func anOldLogIsCompletedAndStaysReadable(isWrittenFirst: Bool) async throws {
        let project = try await project()
        try await project.sink.write([Self.row(0, moment: .null, of: project.schema)])
        try await project.connection.executeScript(
            """
            ALTER TABLE asof.served_rows DROP COLUMN views, DROP COLUMN view_fingerprints, DROP COLUMN runs,
                DROP COLUMN row_events, DROP COLUMN row_availables, DROP COLUMN monotonic_microseconds,
                DROP COLUMN logged_at;
            DROP TABLE asof.served_log_losses
            """)
        let check = SkewCheck(project: "log", connection: project.connection)
        if !isWrittenFirst {
            let report = try await check.run(since: Self.servedAt, service: "all", checkedAt: .epoch)
            #expect(report.document.different == 0 && report.services.map(\.rows) == [1])
        }
        // The server has been started anew.
        let sink = PostgresServedFeatureSink(project: "log", url: project.connection.url)
        try await sink.write([Self.row(1, moment: .null, of: project.schema)])
        let report = try await check.run(since: Self.servedAt, service: "all", checkedAt: .epoch)
        #expect(report.document.different == 0 && report.services.map(\.rows) == [2])
        let runs = try await project.connection.execute("SELECT runs IS NULL FROM asof.served_rows ORDER BY served_id").rows
        #expect(runs == [["t"], ["f"]])
        await project.connection.close()
    }

    @Test func aRowThatPostgresCannotHoldIsToldFromAStoreThatIsAway() async throws {
        let project = try await project()
        let good = Self.row(0, moment: .null, of: project.schema)
        let bad = Self.row(1, moment: .null, of: project.schema, changing: "a\0b")
        await #expect(throws: UnstorableRows.self) { try await project.sink.write([good, bad]) }
        try await project.sink.write([good])
        #expect(try await project.connection.execute("SELECT count(*) FROM asof.served_rows").firstCell == "1")
        await project.connection.close()
    }

    @Test func whatTheLogLostIsInTheSkewReport() async throws {
        let project = try await project()
        let before = Timestamp(microseconds: Self.servedAt.microseconds - 1)
        func loss(_ service: String, _ rows: Int, at instant: Timestamp) -> ServedLogLoss {
            ServedLogLoss(service: service, cause: .queueFull, host: "h", rows: rows, first: instant, last: instant)
        }
        try await project.sink.record([loss("all", 2, at: Self.servedAt), loss("other", 3, at: Self.servedAt)])
        try await project.sink.record([loss("all", 5, at: Self.servedAt), loss("all", 100, at: before)])
        let check = SkewCheck(project: "log", connection: project.connection)
        let report = try await check.run(since: Self.servedAt, service: nil, checkedAt: .epoch)
        #expect(report.losses == [loss("all", 7, at: Self.servedAt), loss("other", 3, at: Self.servedAt)])
        #expect(try await check.run(since: Self.servedAt, service: "other", checkedAt: .epoch).losses.map(\.rows) == [3])
        #expect(report.verdict == .inconclusive)
        await project.connection.close()
    }
}
