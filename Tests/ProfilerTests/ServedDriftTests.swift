import DriftMonitor
import FeatureDefs
import OfflineStore
import PostgresClient
import Profiler
import Testing

/// From a training set and a served log in Postgres to the report, on data whose changes are known.
@Suite struct ServedDriftTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func nothingChangedNothingAlerts(seed: UInt64) async throws {
        let store = try await DriftStore()
        try await store.train(seed: seed)
        for day in 0..<15 { try await store.serve(day: day, seed: seed) }
        let result = try await store.profile(days: 0..<15)
        #expect(result.rows == 4500 && result.windows == 15 * 24)
        for day in [7, 14] {
            let report = try await store.drift(day: day)
            #expect(report.verdict == .pass || report.verdict == .warn, "\(report.verdict) \(report.against.flatMap(\.alerts))")
            #expect(report.against.count == 2 && report.hoursProfiled == 24)
            #expect(report.against.allSatisfy { $0.history.allSatisfy { $0.alerts.isEmpty } })
            // Nobody serves what was not in training: each feature is compared.
            let features = try report.against(.training).features
            #expect(features.count == 4 && features.allSatisfy { $0.verdict == .pass || $0.verdict == .warn })
        }
        await store.connection.close()
    }

    /// Half a standard deviation from day 8 on: above the gate on each night, raised on the third against the training set. Against one day of
    /// last week, as small as the day itself, Benjamini and Yekutieli do not take the third night's p for a hit.
    @Test func aShiftIsRaisedOnItsThirdNight() async throws {
        let store = try await DriftStore()
        try await store.train()
        for day in 0..<12 {
            try await store.serve(day: day, .init(shift: day >= 8 ? 0.5 : 0), seed: 7)
        }
        try await store.profile(days: 0..<12)
        let report = try await store.drift(day: 11)
        #expect(report.verdict == .alert)
        for reference in DriftReference.allCases {
            let against = try report.against(reference)
            let raised = against.history.first { !$0.alerts.isEmpty }
            let due =
                switch reference {
                case .training: "2024-03-14"
                case .week: "2024-03-15"
                }
            #expect(raised?.day == due, "\(reference) \(against.history)")
            let moved = Set(against.alerts.map(\.name))
            #expect(moved == ["cards.a", "cards.a1000"], "\(reference): \(moved)")
            let shift = try #require(against.findings.first { $0.name == "cards.a" && $0.statistic == .meanShift })
            // In baseline scales, which are about a standard deviation.
            #expect(abs((shift.value ?? 0) - 0.5) < 0.15 && shift.state == .alert)
        }
        await store.connection.close()
    }

    @Test func aLargeChangeOfManyRowsDoesNotWait() async throws {
        let store = try await DriftStore()
        try await store.train()
        try await store.serve(day: 0, seed: 3)
        try await store.serve(day: 1, rows: 1500, .init(shift: 2), seed: 3)
        try await store.profile(days: 0..<2)
        let report = try await store.drift(day: 1, [.training])
        #expect(report.verdict == .alert)
        let alerts = try report.against(.training).alerts
        #expect(alerts.contains { $0.name == "cards.a" && $0.isSevere })
        await store.connection.close()
    }

    /// In euros or in thousandths: `a1000` is `a` a thousand times, and every one of its decisions is that of `a`.
    @Test func scalingAFeatureChangesNoDecision() async throws {
        let store = try await DriftStore()
        try await store.train(seed: 11)
        for day in 0..<12 {
            let world = DriftStore.World(shift: day >= 8 ? 0.35 : 0, spread: day >= 8 ? 1.3 : 1, nulls: day >= 8 ? 0.1 : 0)
            try await store.serve(day: day, world, seed: 11)
        }
        try await store.profile(days: 0..<12)
        let report = try await store.drift(day: 11)
        for against in report.against {
            func decisions(_ name: String) -> [DriftStatistic: [String]] {
                var decided: [DriftStatistic: [String]] = [:]
                for finding in against.findings where finding.name == name {
                    decided[finding.statistic] = ["\(finding.tonight) \(finding.state) \(finding.hitsOf5) \(finding.isSevere)"]
                }
                return decided
            }
            #expect(decisions("cards.a") == decisions("cards.a1000"))
            #expect(decisions("cards.a").values.contains { $0[0].hasPrefix("alert") })
        }
        await store.connection.close()
    }

    /// The correlation of `a` and `b` turns over while each alone stays as it was: no marginal test sees it.
    @Test func aTurnedCorrelationIsFoundByTheJointTestAlone() async throws {
        let store = try await DriftStore()
        try await store.train()
        for day in 0..<12 {
            try await store.serve(day: day, .init(correlation: day >= 8 ? -0.8 : 0.8), seed: 5)
        }
        try await store.profile(days: 0..<12)
        let report = try await store.drift(day: 11)
        #expect(report.verdict == .alert)
        for against in report.against {
            let names = Set(against.alerts.map(\.name))
            #expect(names == ["cards.a × cards.b", "cards.a1000 × cards.b"], "\(names)")
            #expect(against.jointOnly.count == 2)
            let joint = try #require(against.joint)
            #expect(joint.auc > 0.8 && joint.level == .warn)
            #expect(Set(joint.importances.prefix(3).map(\.feature)).contains("cards.b"))
        }
        await store.connection.close()
    }

    @Test func nullsAndNewCategoriesAreFound() async throws {
        let store = try await DriftStore()
        try await store.train()
        for day in 0..<11 {
            let world = DriftStore.World(
                nulls: day >= 8 ? 0.2 : 0, countries: day >= 8 ? ["DE", "FR", "US", "XX"] : ["DE", "DE", "DE", "FR", "US"])
            try await store.serve(day: day, world, seed: 9)
        }
        try await store.profile(days: 0..<11)
        let against = try await store.drift(day: 10).against(.training)
        let raised = Set(against.findings.filter { $0.state == .alert }.map { "\($0.name) \($0.statistic.rawValue)" })
        #expect(raised.isSuperset(of: ["cards.a null_delta", "cards.country new_value_share", "cards.country cramers_v"]))
        #expect(!raised.contains { $0.hasPrefix("cards.b ") })
        await store.connection.close()
    }

    /// Twenty cards that each have a value of their own: 300 rows say what 20 say, which is too little, and is said so.
    @Test func rowsOfFewEntitiesAreNotTakenForMany() async throws {
        let store = try await DriftStore()
        try await store.train()
        var random = SplitMix64(seed: 77)
        let values = (0..<20).map { _ in random.normal() }
        let table = (0..<300).map { index in values[index % 20] }
        let start = Int64(DriftStore.firstDay) * 86_400_000_000
        let rows = table.enumerated().map { index, value in
            ServedRow(
                schema: store.schema, requestID: UUIDBytes(high: 1, low: UInt64(index)), ordinal: 0,
                servedAt: Timestamp(microseconds: start + Int64(index) * 1_000_000), keys: [.int64(Int64(index % 20))],
                request: [],
                features: [.float64(value), .float64(value), .float64(value), .string("DE")].map {
                    ServedFeature(value: $0, status: .present, eventTimestamp: nil)
                }, records: [nil], monotonicMicroseconds: 0, sampleProbability: 1, host: "h")
        }
        try await PostgresServedFeatureSink(project: DriftStore.project, url: store.connection.url).write(rows)
        try await store.profile(days: 0..<1)
        let report = try await store.drift(day: 0, [.training])
        #expect(report.verdict == .inconclusive)
        let feature = try #require(try report.against(.training).features.first { $0.name == "cards.a" })
        #expect(feature.verdict == .inconclusive && feature.currentRows < 40, "\(feature)")
        #expect((feature.neededRows ?? 0) > 87)
        await store.connection.close()
    }
}
