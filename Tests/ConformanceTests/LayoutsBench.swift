import FeatureDefs
import Materializer
import Oracle
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import OfflineStore
@testable import OnlineStore

/// A random store whose definitions change while its rows are online.
struct LayoutsBench {
    private let store: RandomStore
    private let changes: DefinitionChanges
    private let connection: PostgresConnection
    private let online: RedisConnection
    private let reference: RedisConnection
    /// Every plan that was applied, with its numbers as they were then.
    private(set) var plans: [AppliedPlan]
    /// What each run wrote.
    private var written: [UInt32: (layout: UInt32, row: StoredRowMeaning)] = [:]
    /// The last run of each view, where all rows are as it left them.
    private var lastRuns: [String: (view: FeatureViewPlan, cut: Timestamp)] = [:]
    /// What has been computed for comparison, each in a project of its own.
    private var references: [ReferenceKey: String] = [:]
    private(set) var counts = Counts()

    struct Counts {
        var right = 0
        var absent = 0
        /// Answers from rows of another layout than the plan's.
        var fromOthers = 0
    }

    private struct ReferenceKey: Hashable {
        let view: String
        let row: StoredRowMeaning
        let cut: Timestamp
    }

    init(_ store: RandomStore, on connection: PostgresConnection) async throws {
        self.store = store
        self.connection = connection
        let plan = try await StoreBench(store, on: connection).plan
        changes = DefinitionChanges(original: plan)
        let first = Plan(
            project: plan.project, entities: plan.entities, featureViews: plan.featureViews, onDemandViews: [], services: [])
        plans = [
            try #require(
                try await Registry(connection: connection, project: plan.project)
                    .apply(first, appliedBy: "test", engineVersion: "test"))
        ]
        online = try await .connect(to: try await TestStack.shared().freshRedisURL())
        reference = try await .connect(to: try await TestStack.shared().freshRedisURL())
        for redis in [online, reference] { _ = try await redis.send(RedisPipeline("FLUSHDB")) }
    }

    func close() {
        online.close()
        reference.close()
    }

    private var latest: AppliedPlan { plans[plans.count - 1] }
    private var registry: Registry { Registry(connection: connection, project: latest.plan.project) }

    mutating func changeDefinitions(random: inout SeededGenerator) async throws {
        let plan = changes.change(latest.plan, random: &random)
        if let applied = try await registry.apply(plan, appliedBy: "test", engineVersion: "test") { plans.append(applied) }
    }

    /// Runs some views under the plan applied last.
    mutating func materialize(at instant: Timestamp, random: inout SeededGenerator) async throws {
        for view in latest.plan.featureViews where !random.oneIn(3) { try await materialize(view, at: instant) }
    }

    private mutating func materialize(_ view: FeatureViewPlan, at instant: Timestamp) async throws {
        let ids = try #require(latest.layouts[view.name])
        let run = try await Materializer(project: latest.plan.project, offline: connection, online: online)
            .materialize(.init(view: view, ids: ids), at: instant, startedAt: instant)
        written[run.number] = (run.layout, view.storedRow)
        lastRuns[view.name] = (view, run.cut)
    }

    /// Runs that are killed: only some of their rows are there, and no mark.
    mutating func crashMidway(at instant: Timestamp, random: inout SeededGenerator) async throws {
        let before = try await rows()
        for view in latest.plan.featureViews { try await materialize(view, at: instant) }
        let after = try await rows()
        var pipeline = RedisPipeline()
        for place in Set(before.keys).union(after.keys).sorted() where before[place] != after[place] && random.oneIn(2) {
            pipeline.startCommand(before[place] == nil ? "HDEL" : "HSET")
            pipeline.add(place.key)
            pipeline.add(place.field)
            if let row = before[place] { pipeline.add(row) }
        }
        pipeline.startCommand("DEL")
        pipeline.add("asof-runs:\(latest.plan.project)")
        _ = try await online.send(pipeline)
        lastRuns = [:]
    }

    /// Some rows are as an asof wrote them that knew no other format.
    func age(random: inout SeededGenerator) async throws {
        var layouts: [UInt32: PackedRowLayout] = [:]
        for (layout, row) in written.values { layouts[layout] = PackedRowLayout(id: layout, of: row) }
        var pipeline = RedisPipeline()
        for (place, bytes) in try await rows().sorted(by: { $0.key < $1.key }) where random.oneIn(2) {
            let layout = try #require(layouts[RowFormat.layout(ofWord: bytes.withUnsafeBytes { RowHeader.word(of: $0) })])
            let row = try PackedRow(bytes, layout: layout)
            var aged: [UInt8] = []
            try layout.inFormat(.withAllEventCells).encode(try row.values(), version: row.version, into: &aged)
            pipeline.startCommand("HSET")
            pipeline.add(place.key)
            pipeline.add(place.field)
            pipeline.add(aged)
        }
        if !pipeline.isEmpty { _ = try await online.send(pipeline) }
    }

    // MARK: Lookups

    /// Asks for everything, by every plan there was: with the layouts that are known now, and with those that were known when it was
    /// applied.
    mutating func check(at instant: Timestamp, _ context: String) async throws {
        for (index, applied) in plans.enumerated().suffix(3) {
            let now = try await registry.layouts(of: applied.plan)
            for ids in [applied.layouts, now] {
                for view in applied.plan.featureViews {
                    try await check(
                        view, of: applied.plan, ids, at: instant, "\(context), plan \(index) of \(plans.count), \(view.name)")
                }
            }
        }
    }

    private mutating func check(
        _ view: FeatureViewPlan, of plan: Plan, _ ids: [String: ViewLayoutIDs], at instant: Timestamp, _ context: String
    ) async throws {
        let keys = store.keys(of: view)
        let result = try await lookup(view, of: plan, ids, online, at: instant)
        let own = try #require(ids[view.name])
        let known = Set([own.layout] + own.others.map(\.layout))
        let row = view.storedRow
        var references: [Timestamp: LookupResult] = [:]
        for position in keys.indices {
            guard let version = result.version(view: 0, row: position) else {
                let statuses = Set(view.features.indices.map { result[feature: $0, row: position].status })
                if statuses == [.notFound] {
                    try await checkMissing(position, view, of: plan, at: instant, &references, context)
                } else {
                    #expect(statuses == [.invalid], "\(context)")
                    counts.absent += view.features.count
                }
                continue
            }
            let (layout, source) = try #require(written[version.run])
            if references[version.cut] == nil {
                references[version.cut] = try await expected(view, of: plan, cut: version.cut, at: instant)
            }
            let expected = try #require(references[version.cut])
            for (index, feature) in row.features.enumerated() {
                let served = result[feature: index, row: position]
                let means =
                    known.contains(layout)
                    && source.features.contains { $0.name == feature.name && $0.meaning == feature.meaning }
                guard means else {
                    #expect(served == StoredFeature.unreadable, "\(context), \(feature.name): \(served) for what is not there")
                    counts.absent += 1
                    continue
                }
                let right = expected[feature: index, row: position]
                #expect(served == right, "\(context), \(feature.name) of \(keys[position]): \(served), not \(right)")
                counts.right += 1
                if layout != own.layout { counts.fromOthers += 1 }
            }
        }
    }

    /// Nothing is stored for the entity: right when the last run was of a definition that reads the same rows.
    private mutating func checkMissing(
        _ position: Int, _ view: FeatureViewPlan, of plan: Plan, at instant: Timestamp,
        _ references: inout [Timestamp: LookupResult], _ context: String
    ) async throws {
        guard let last = lastRuns[view.name],
            last.view.storedRow.features.contains(where: { feature in
                view.storedRow.features.contains { $0.meaning == feature.meaning }
            })
        else { return }
        if references[last.cut] == nil {
            references[last.cut] = try await expected(view, of: plan, cut: last.cut, at: instant)
        }
        let expected = try #require(references[last.cut])
        for index in view.features.indices {
            #expect(expected[feature: index, row: position].status == .notFound, "\(context): missing")
        }
    }

    /// What is served after one full run of the view at a cut.
    private mutating func expected(
        _ view: FeatureViewPlan, of plan: Plan, cut: Timestamp, at instant: Timestamp
    ) async throws -> LookupResult {
        let key = ReferenceKey(view: view.name, row: view.storedRow, cut: cut)
        let ids = [view.name: ViewLayoutIDs(field: 1, layout: 1)]
        let project = references[key] ?? "reference\(references.count)"
        if references[key] == nil {
            references[key] = project
            _ = try await Materializer(project: project, offline: connection, online: reference)
                .fill(
                    .init(view: view, ids: ids[view.name] ?? .init(field: 1, layout: 1)), at: cut + (view.schedule?.lag ?? .zero))
        }
        let plan = Plan(
            project: project, entities: plan.entities, featureViews: plan.featureViews, onDemandViews: [], services: [])
        return try await lookup(view, of: plan, ids, reference, at: instant)
    }

    private func lookup(
        _ view: FeatureViewPlan, of plan: Plan, _ ids: [String: ViewLayoutIDs], _ redis: RedisConnection, at instant: Timestamp
    ) async throws -> LookupResult {
        let lookup = FeatureLookup(plan: plan, ids: ids, connection: redis)
        let prepared = try lookup.prepare(features: view.features.map { FeatureReference(view: view.name, feature: $0.name) })
        let keys = store.keys(of: view)
        var columns: [String: [FeatureValue]] = [:]
        for (index, key) in view.joinKeys.enumerated() { columns[key.name] = keys.map { $0[index] } }
        return try await lookup.features(prepared, for: try LookupRows(columns, count: keys.count), now: instant)
    }

    // MARK: What Redis has

    private struct Place: Hashable, Comparable {
        let key: [UInt8]
        let field: [UInt8]

        static func < (lhs: Self, rhs: Self) -> Bool {
            lhs.key == rhs.key ? lhs.field.lexicographicallyPrecedes(rhs.field) : lhs.key.lexicographicallyPrecedes(rhs.key)
        }
    }

    private func rows() async throws -> [Place: [UInt8]] {
        var pipeline = RedisPipeline("KEYS")
        pipeline.add("asof:*")
        guard case .array(let keys)? = try await online.send(pipeline).first else { return [:] }
        var rows: [Place: [UInt8]] = [:]
        for case .bytes(let key) in keys {
            var pipeline = RedisPipeline()
            pipeline.startCommand("HGETALL")
            pipeline.add(key)
            guard case .array(let entries)? = try await online.send(pipeline).first else { continue }
            for index in stride(from: 0, to: entries.count, by: 2) {
                guard case .bytes(let field) = entries[index], case .bytes(let row) = entries[index + 1] else { continue }
                rows[Place(key: key, field: field)] = row
            }
        }
        return rows
    }
}
