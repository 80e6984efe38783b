import DriftMonitor
import FeatureDefs
import OfflineStore
import PostgresClient
import Profiler
import TestSupport
import Testing

@Suite struct ProfilingTests {
    /// What is stored says what a loop over the rows says: each entity with a row in an hour, its latest value at the hour's end.
    @Test func aViewsHoursAreThoseOfALoop() async throws {
        let store = try await DriftStore()
        let hour: Int64 = 3_600_000_000
        // Around an hour before 1970 and one in 2024: on the boundary, a microsecond beside it, ties, NULLs, odd numbers.
        var events: [(card: Int64?, at: Int64?, a: Double?)] = []
        let odd: [Double?] = [0, -0.0, .nan, .infinity, -.infinity, 1e300, nil, 0x1p53 + 2, 3]
        for base in [-hour, 474_000 * hour] {
            for (index, value) in odd.enumerated() {
                events.append((Int64(index % 4), base + Int64(index), value))
                events.append((Int64(index), base - 1, value))
                events.append((Int64(index), base + hour, value))
                events.append((Int64(index % 3), base + hour - 1, odd[(index + 1) % odd.count]))
            }
        }
        events += [(nil, 0, 1), (1, nil, 2)]
        let rows = events
        try await store.connection.copyInBinary("COPY events (card, at, a) FROM STDIN (FORMAT binary)") { writer in
            for event in rows {
                try writer.beginRow(fieldCount: 3)
                if let card = event.card { writer.fields.append(card) } else { writer.fields.appendNull() }
                if let at = event.at { writer.fields.append(timestampMicroseconds: at) } else { writer.fields.appendNull() }
                if let a = event.a { writer.fields.append(a) } else { writer.fields.appendNull() }
            }
        }
        let view = try #require(store.plan.featureView(named: "cards"))
        let (from, to) = (Timestamp(microseconds: -3 * hour), Timestamp(microseconds: 474_003 * hour))
        let result = try await Profiler(connection: store.connection, project: DriftStore.project).profile(
            view, in: store.plan, from: from, to: to, asOf: .now)
        // Hours and cards by a loop.
        var seen: [Int64: Set<Int64>] = [:]
        for event in events {
            guard let card = event.card, let at = event.at else { continue }
            let start = (at >= 0 ? at : at - hour + 1) / hour * hour
            seen[start, default: []].insert(card)
        }
        #expect(result.windows == seen.count && result.rows == seen.values.reduce(0) { $0 + $1.count })
        let stored = try await store.connection.execute(
            """
            SELECT (extract(epoch FROM window_start) * 1000000)::int8, rows, encode(state, 'hex') FROM asof.profiles
            WHERE feature = 'cards.a' ORDER BY 1
            """
        ).rows
        #expect(stored.compactMap { $0[0].flatMap { Int64($0) } } == seen.keys.sorted())
        #expect(stored.compactMap { $0[1].flatMap { Int($0) } } == seen.sorted { $0.key < $1.key }.map(\.value.count))
        let frame = try #require(
            try await ProfileStore(connection: store.connection, project: DriftStore.project).frames(of: result.baseline)
                .columns.first { $0.column.name == "cards.a" }?.frame)
        for row in stored {
            let start = try #require(row[0].flatMap { Int64($0) })
            let cards = try #require(seen[start])
            let profile = try NumericProfile(decoding: Self.bytes(row[2] ?? ""), frame: frame)
            #expect(profile.counts.rows == UInt64(cards.count))
            // Where the latest row is one alone, its value is known without the tie-break.
            let expected = cards.sorted().map { card -> [Double?] in
                let visible = events.filter { $0.card == card && ($0.at ?? .max) < start + hour }
                let last = visible.compactMap(\.at).max()
                return visible.filter { $0.at == last }.map(\.a)
            }
            if expected.allSatisfy({ $0.count == 1 }) {
                let values = expected.map { $0[0] }
                var naive = NumericProfile(frame: frame)
                var word: UInt64 = 0
                for (index, value) in values.enumerated() where value != nil { word |= 1 << UInt64(index) }
                naive.add(ContiguousArray(values.map { $0 ?? 0 }), validity: [word])
                #expect(naive == profile, "hour \(start)")
            }
        }
        await store.connection.close()
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }

    @Test func profilingAgainChangesNoByte() async throws {
        let store = try await DriftStore()
        try await store.train(rows: 500)
        for day in 0..<2 { try await store.serve(day: day, rows: 200, seed: 1) }
        try await store.profile(days: 0..<2)
        let once = try await store.storedProfiles()
        #expect(once.count == (48 + 1) * 5)
        try await store.profile(days: 0..<2)
        #expect(try await store.storedProfiles() == once)
        // A day by itself, too, and in the other order.
        try await store.profile(days: 1..<2)
        try await store.profile(days: 0..<1)
        #expect(try await store.storedProfiles() == once)
        let report = try await store.drift(day: 1)
        #expect(try await store.drift(day: 1) == report)
        // A row that comes late is in the next profile of its hour.
        try await store.serve(day: 0, rows: 1, seed: 2)
        try await store.profile(days: 0..<2)
        #expect(try await store.storedProfiles() != once)
        await store.connection.close()
    }

    /// Two strategies give rows in other batches; a join that starts again gives some of them twice.
    @Test func aTrainingProfileIsPinnedToItsDataset() async throws {
        let store = try await DriftStore()
        let first = try await store.train(rows: 400, name: "one")
        let all = try await ProfileStore(connection: store.connection, project: DriftStore.project)
            .baselines(of: "fraud", kinds: [.training])
        #expect(all.map(\.name) == [first.datasetID] && all[0].rows == 400 && all[0].profiledRows == 400)
        try await store.serve(day: 0, seed: 1)
        try await store.profile(days: 0..<1)
        // Another training set does not move the baseline in silence: it is asked which one is deployed.
        let second = try await store.train(rows: 450, seed: 2, name: "two")
        await #expect(throws: ProfileError.self) { try await store.profile(days: 0..<1) }
        try await store.profile(days: 0..<1, baseline: String(first.datasetID.prefix(8)))
        let pinned = try await store.profile(days: 0..<1)
        #expect(pinned.baseline == first.datasetID)
        try await store.profile(days: 0..<1, baseline: second.datasetID)
        #expect(try await store.drift(day: 0, [.training]).baseline == second.datasetID)
        // Profiles of the first are still there, in its own frames.
        let old = try await store.drift(day: 0, [.training], baseline: first.datasetID)
        #expect(old.baseline == first.datasetID && old.against.count == 1)
        await #expect(throws: ProfileError.self) { try await store.profile(days: 0..<1, baseline: "nonsense") }
        await store.connection.close()
    }

    @Test func valuesOfAnotherDefinitionAreNotCompared() async throws {
        let store = try await DriftStore()
        try await store.train()
        let old = try #require(store.plan.featureView(named: "cards"))
        let changed = old.features.map { feature in
            feature.name == "b"
                ? FeaturePlan(
                    name: "b", computation: TestPlans.latest("a", .float8).computation, type: .float64, notes: TestPlans.notes)
                : feature
        }
        let view = TestPlans.view("cards", keys: old.joinKeys, features: changed, schedule: nil)
        let plan = Plan(
            project: DriftStore.project, entities: store.plan.entities, featureViews: [view], onDemandViews: [],
            services: store.plan.services)
        _ = try await Registry(connection: store.connection, project: DriftStore.project)
            .apply(plan, appliedBy: "test", engineVersion: "test")
        try await store.serve(day: 0, seed: 1, plan: plan)
        let result = try await store.profile(days: 0..<1)
        #expect(result.otherDefinitions == ["cards.b"])
        let report = try await store.drift(day: 0, [.training])
        #expect(report.verdict == .inconclusive)
        #expect(report.notCompared.keys.sorted() == ["cards.b"])
        let against = try report.against(.training)
        #expect(!against.features.contains { $0.name == "cards.b" })
        // A pair with it is not compared either.
        #expect(!against.findings.contains { $0.name.contains("cards.b") })
        await store.connection.close()
    }
}
