import DriftMonitor
import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient
import Profiler
import TestSupport
import Testing

/// A model in a database of its own: a training set, and a served log that a test writes. The sessions' time zone is New York's.
struct DriftStore {
    let connection: PostgresConnection
    let plan: Plan
    let schema: ServedSchema
    static let project = "drift"
    /// 2024-03-04, a Monday.
    static let firstDay = 19_786

    /// What of a feature's world is as it was, or is not.
    struct World {
        var shift = 0.0
        var spread = 1.0
        var correlation = 0.8
        var nulls = 0.0
        var countries = ["DE", "DE", "DE", "FR", "US"]
    }

    init(_ more: [FeaturePlan] = []) async throws {
        let url = try await TestStack.shared().freshDatabase("drift", timeZone: "America/New_York")
        connection = try await PostgresConnection.connect(to: url)
        try await connection.executeScript(
            """
            CREATE TABLE events (card bigint, at timestamptz, a float8, a1000 float8, b float8, country text);
            CREATE TABLE spine (card bigint, event_timestamp timestamptz);
            """)
        plan = Self.plan(more)
        try #require(
            try await Registry(connection: connection, project: Self.project)
                .apply(plan, appliedBy: "test", engineVersion: "test") != nil)
        let service = try #require(plan.service(named: "fraud"))
        schema = ServedSchema(
            service: "fraud", planFingerprint: plan.fingerprint, selection: try plan.selection(of: service))
    }

    static func plan(_ more: [FeaturePlan] = []) -> Plan {
        let features =
            [
                TestPlans.latest("a", .float8), TestPlans.latest("a1000", .float8), TestPlans.latest("b", .float8),
                TestPlans.latest("country", .text),
            ] + more
        let view = TestPlans.view(
            "cards", keys: [JoinKey(name: "card", type: .int64)], features: features, schedule: nil)
        let service = FeatureServicePlan(
            name: "fraud", features: features.map { SelectedFeature(FeatureReference(view: "cards", feature: $0.name)) },
            logSample: 1, notes: TestPlans.notes)
        return Plan(
            project: project, entities: [EntityPlan(name: "card", joinKeys: view.joinKeys, notes: TestPlans.notes)],
            featureViews: [view], onDemandViews: [], services: [service])
    }

    /// Rows of one world, from a seed.
    static func rows(_ count: Int, _ world: World, _ random: inout SplitMix64) -> [(a: Double?, b: Double?, country: String)] {
        (0..<count).map { _ in
            let (u, v) = (random.normal(), random.normal())
            let rho = world.correlation
            let a: Double? = random.uniform() < world.nulls ? nil : world.shift + world.spread * u
            return (a, rho * u + (1 - rho * rho).squareRoot() * v, world.countries[random.below(world.countries.count)])
        }
    }

    /// Trains on rows of the usual world, each its own card; returns the dataset's name.
    @discardableResult
    func train(rows count: Int = 3000, seed: UInt64 = 1, world: World = World(), name: String = "trained") async throws
        -> TrainingManifest
    {
        var random = SplitMix64(seed: seed)
        let rows = Self.rows(count, world, &random)
        let at = Int64(Self.firstDay - 30) * 86_400_000_000
        try await connection.execute("TRUNCATE events, spine")
        try await connection.copyInBinary("COPY events FROM STDIN (FORMAT binary)") { writer in
            for (index, row) in rows.enumerated() {
                try writer.beginRow(fieldCount: 6)
                writer.fields.append(Int64(index))
                writer.fields.append(timestampMicroseconds: at + Int64(index))
                for value in [row.a, row.a.map { $0 * 1000 }, row.b] {
                    if let value { writer.fields.append(value) } else { writer.fields.appendNull() }
                }
                writer.fields.append(row.country)
            }
        }
        try await connection.execute("INSERT INTO spine SELECT card, at + interval '1 s' FROM events")
        let service = try #require(plan.service(named: "fraud"))
        let selection = try plan.selection(of: service)
        let profile = try TrainingProfile(plan: plan, selection: selection, timestampColumn: "event_timestamp", asOf: .now)
        let request = TrainingRequest(
            selection: selection, spine: .query("SELECT * FROM spine ORDER BY card"), timestampColumn: "event_timestamp",
            knowledge: .asServed, usesFullFeatureNames: true, asOf: .now)
        let result = try await TrainingSetBuilder(connection: connection, tap: profile).build(
            request, for: TrainingOrigin(engineVersion: "test", plan: plan, service: "fraud"), to: .table([name]))
        try await Profiler(connection: connection, project: Self.project).keep(profile, of: result.manifest)
        return result.manifest
    }

    /// Logs so many rows on a day, spread over its hours and over the cards.
    func serve(
        day: Int, rows count: Int = 300, cards: Int = 1_000_000, _ world: World = World(), seed: UInt64, plan: Plan? = nil
    ) async throws {
        var random = SplitMix64(seed: seed &* 1_000_003 &+ UInt64(day))
        let start = Int64(Self.firstDay + day) * 86_400_000_000
        let schema = try plan.map { plan in
            ServedSchema(
                service: "fraud", planFingerprint: plan.fingerprint,
                selection: try plan.selection(of: try #require(plan.service(named: "fraud"))))
        }
        let rows = Self.rows(count, world, &random).enumerated().map { index, row in
            let numbers = [row.a, row.a.map { $0 * 1000 }, row.b].map { $0.map { FeatureValue.float64($0) } ?? .null }
            let others = (self.schema.features.count..<(schema ?? self.schema).features.count).map { _ in FeatureValue.null }
            return ServedRow(
                schema: schema ?? self.schema, requestID: UUIDBytes(high: UInt64(day), low: UInt64(index)), ordinal: 0,
                servedAt: Timestamp(microseconds: start + Int64(index) * 86_399_000_000 / Int64(count)),
                keys: [.int64(Int64(random.below(cards)))], request: [],
                features: (numbers + [.string(row.country)] + others).map {
                    ServedFeature(value: $0, status: $0.isNull ? .nullValue : .present, eventTimestamp: nil)
                },
                records: [nil], monotonicMicroseconds: 0, sampleProbability: 1, host: "h")
        }
        try await PostgresServedFeatureSink(project: Self.project, url: connection.url).write(rows)
    }

    @discardableResult
    func profile(days: Range<Int>, baseline: String? = nil) async throws -> ProfilingResult {
        try await Profiler(connection: connection, project: Self.project).profileServed(
            "fraud", baseline: baseline, from: Self.midnight(days.lowerBound), to: Self.midnight(days.upperBound))
    }

    func drift(day: Int, _ references: Set<DriftReference> = [.training, .week], baseline: String? = nil) async throws
        -> DriftReport
    {
        let check = DriftCheck(connection: connection, project: Self.project)
        return try #require(
            try await check.check(
                service: "fraud", baseline: baseline, day: Self.firstDay + day, references: references))
    }

    static func midnight(_ day: Int) -> Timestamp {
        Timestamp(microseconds: Int64(firstDay + day) * 86_400_000_000)
    }

    /// All that is stored of profiles, byte for byte.
    func storedProfiles() async throws -> [[String?]] {
        try await connection.execute(
            """
            SELECT baseline, source, extract(epoch FROM window_start)::text, feature, definition, rows, md5(state)
            FROM asof.profiles ORDER BY 1, 2, window_start, 4, 5
            """
        ).rows
    }
}

extension DriftReport {
    func against(_ reference: DriftReference) throws -> Against { try #require(against.first { $0.reference == reference }) }
}
