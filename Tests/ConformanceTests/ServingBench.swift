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

/// A random store that has been applied, with a real Redis of its own.
struct ServingBench {
    let offline: StoreBench
    private let applied: AppliedPlan
    private let redis: RedisConnection

    var store: RandomStore { offline.store }
    var selection: FeatureSelection { offline.selection }
    private static let service = RandomStore.serviceName

    init(_ store: RandomStore, on connection: PostgresConnection) async throws {
        offline = try await StoreBench(store, on: connection)
        let registry = Registry(connection: connection, project: offline.plan.project)
        applied = try #require(try await registry.apply(offline.plan, appliedBy: "test", engineVersion: "test"))
        redis = try await .connect(to: try await TestStack.shared().freshRedisURL())
        var flush = RedisPipeline()
        flush.startCommand("FLUSHDB")
        _ = try await redis.send(flush)
    }

    func close() { redis.close() }

    /// Runs every view, as the plan that came back from the registry has it.
    func materialize(at instant: Timestamp) async throws {
        let materializer = Materializer(project: applied.plan.project, offline: offline.connection, online: redis)
        for view in applied.plan.featureViews {
            let ids = try #require(applied.layouts[view.name])
            _ = try await materializer.materialize(.init(view: view, ids: ids), at: instant, startedAt: instant)
        }
    }

    func lookup(_ spine: RandomSpine, at instant: Timestamp) async throws -> LookupResult {
        let lookup = FeatureLookup(plan: applied.plan, ids: applied.layouts, connection: redis)
        var columns: [String: [FeatureValue]] = [:]
        for name in selection.joinKeys.map(\.name) + selection.requestInputs.map(\.name) {
            columns[name] = spine.rows.indices.map { spine.naiveRow($0)[name] ?? .null }
        }
        return try await lookup.features(try lookup.prepare(service: Self.service), for: try LookupRows(columns), now: instant)
    }

    func expect(
        _ result: LookupResult,
        equalsTheOracleFor spine: RandomSpine,
        at instant: Timestamp,
        _ context: String
    ) throws {
        #expect(result.undecodable.isEmpty, "\(context)")
        for index in spine.rows.indices {
            let expected = try offline.oracle.features(spine: spine.naiveRow(index), at: instant, knowledge: .asServed)
            for (position, feature) in expected.enumerated() {
                let served = result.features[position][index]
                let place: String = "\(context), row \(index), \(selection.features[position])"
                switch feature {
                case .failure:
                    #expect(served.status == .invalid && served.value == .null, "\(place)")
                case .success(let feature):
                    #expect(
                        feature.accepts(served.value),
                        "\(place): expected \(feature), found \(served) for \(spine.naiveRow(index))\n\(store.yaml)"
                    )
                    #expect(Self.isHonest(served, feature), "\(place): \(served) for \(feature)")
                }
            }
        }
    }

    /// Whether the status says what the value is.
    private static func isHonest(_ served: ServedFeature, _ expected: NaiveFeature) -> Bool {
        switch served.status {
        case .present: !expected.isMissing && !expected.isBeyondTTL
        case .nullValue: expected.isMissing && !expected.isBeyondTTL
        case .notFound: expected.eventTimestamp == nil && (expected.isMissing || served.value == .int64(0))
        case .outsideMaxAge: expected.isBeyondTTL
        case .invalid: false
        }
    }

    // MARK: The served log

    /// Looks up and logs, as the server does.
    func serve(_ spine: RandomSpine, at instant: Timestamp) async throws -> LookupResult {
        let result = try await lookup(spine, at: instant)
        let schema = ServedSchema(service: Self.service, planFingerprint: applied.fingerprint, selection: selection)
        let rows = spine.rows.indices.map { index in
            ServedRow(
                schema: schema,
                requestID: UUIDBytes(high: store.seed, low: UInt64(index)),
                ordinal: index,
                servedAt: instant,
                keys: selection.joinKeys.map { spine.naiveRow(index)[$0.name] ?? .null },
                request: selection.requestInputs.map { spine.naiveRow(index)[$0.name] ?? .null },
                features: result.features.map { $0[index] },
                records: result.versions.map { $0[index].map(ServedRecord.init) },
                monotonicMicroseconds: 0,
                sampleProbability: 1,
                host: "test"
            )
        }
        try await PostgresServedFeatureSink(project: applied.plan.project, url: offline.connection.url).write(rows)
        return result
    }

    func skew() async throws -> SkewReport {
        try await SkewCheck(project: applied.plan.project, connection: offline.connection)
            .run(since: .negativeInfinity, service: nil, checkedAt: .epoch)
    }

    /// How many served values differ, feature by feature, from what an oracle says now.
    func differences(
        between served: LookupResult,
        and oracle: NaiveTraining,
        spine: RandomSpine,
        at instant: Timestamp
    ) throws -> [Int] {
        var counts = [Int](repeating: 0, count: selection.features.count)
        for index in spine.rows.indices {
            let expected = try oracle.features(spine: spine.naiveRow(index), at: instant, knowledge: .asServed)
            for (position, feature) in expected.enumerated() {
                let was = served.features[position][index]
                switch feature {
                case .failure: if was.status != .invalid { counts[position] += 1 }
                case .success(let feature):
                    // The features declare no tolerance, so that floats have the standard one.
                    let isEqual = feature.accepts(was.value) || ValueEquality.standard.areEqual(was.value, feature.value)
                    if was.status == .invalid || !isEqual { counts[position] += 1 }
                }
            }
        }
        return counts
    }
}

extension RandomTable {
    /// The table with the rows at some positions only.
    func keeping(_ isKept: (Int) -> Bool) -> RandomTable {
        RandomTable(name: name, columns: columns, rows: rows.enumerated().filter { isKept($0.offset) }.map(\.element))
    }
}
