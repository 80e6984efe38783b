import FeatureDefs
import OfflineStore
import PostgresClient
import TestSupport
import Testing

/// The registry on a real Postgres, a database for each test.
@Suite struct RegistryTests {
    private static let note = ApplyNote(appliedBy: "ada", engineVersion: "test", codeRevision: "c0ffee", reason: "first")

    private func connect() async throws -> PostgresConnection {
        try await .connect(to: try await TestStack.shared().freshDatabase("registry"))
    }

    private static func plan(_ features: [FeaturePlan]) -> Plan {
        let view = TestPlans.view("activity", keys: [JoinKey(name: "card", type: .int64)], features: features)
        return Plan(project: "demo", entities: [], featureViews: [view], onDemandViews: [], services: [])
    }

    private static let first = plan([TestPlans.latest("amount")])
    private static let second = plan([TestPlans.latest("amount"), TestPlans.count("visits")])

    @Test func whoWhenWhichCommitAndWhyAreOnRecord() async throws {
        let registry = Registry(connection: try await connect(), project: "demo")
        _ = try await registry.apply(Self.first, note: Self.note)
        let record = try #require(try await registry.history().first)
        #expect(record.note == Self.note)
        #expect(record.fingerprint == Self.first.fingerprint && record.definitions == Self.first.canonicalText)
        #expect(try await registry.apply(Self.first, note: Self.note) == nil)
        #expect(try await registry.history().count == 1)
    }

    @Test func anApplyPlannedAgainstAnotherStateIsRefused() async throws {
        let registry = Registry(connection: try await connect(), project: "demo")
        let base = try await registry.latestApplyID()
        #expect(base == 0)
        let applied = try #require(try await registry.apply(Self.first, note: Self.note, base: .apply(base)))
        let moved = RegistryError.moved(
            applyID: applied.applyID, fingerprint: applied.fingerprint, appliedBy: "ada", appliedAt: applied.appliedAt)
        await #expect(throws: moved) { try await registry.apply(Self.second, note: Self.note, base: .apply(base)) }
        #expect(moved.description.hasPrefix("the registry moved: ada applied plan \(applied.fingerprint.prefix(12))"))
        #expect(try await registry.latestPlan().fingerprint == Self.first.fingerprint)
        #expect(try await registry.apply(Self.second, note: Self.note, base: .apply(applied.applyID)) != nil)
    }

    @Test func ofTwoAppliesAtOnceOneWinsAndTheOtherSaysSo() async throws {
        let url = try await TestStack.shared().freshDatabase("registry")
        let plans = [Self.first, Self.second]
        let outcomes = await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for plan in plans {
                group.addTask {
                    do {
                        let registry = Registry(connection: try await .connect(to: url), project: "demo")
                        return .success(try await registry.apply(plan, note: Self.note, base: .apply(0)) != nil)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let refusals = outcomes.compactMap { outcome -> RegistryError? in
            if case .failure(let error) = outcome { error as? RegistryError } else { nil }
        }
        #expect(outcomes.count { if case .success(true) = $0 { true } else { false } } == 1)
        #expect(refusals.count == 1)
        guard case .moved = refusals.first else {
            Issue.record("expected `moved`, found \(outcomes)")
            return
        }
    }

    @Test(arguments: ["UPDATE asof.applies SET applied_by = 'eve'", "DELETE FROM asof.applies", "TRUNCATE asof.applies"])
    func whatIsRecordedStays(_ attack: String) async throws {
        let connection = try await connect()
        let registry = Registry(connection: connection, project: "demo")
        _ = try await registry.apply(Self.first, note: Self.note)
        let error = await #expect(throws: PostgresError.self) { try await connection.execute(attack) }
        #expect(error?.message == "asof.applies is append-only")
        #expect(try await registry.history().map(\.note) == [Self.note])
    }

    @Test func anOlderRegistryIsReadAndThenMigrated() async throws {
        let connection = try await connect()
        let registry = Registry(connection: connection, project: "demo")
        _ = try await registry.apply(Self.first, appliedBy: "old", engineVersion: "0.0.1")
        try await connection.executeScript(
            """
            ALTER TABLE asof.applies DROP COLUMN code_revision, DROP COLUMN reason, DROP COLUMN rollback_of;
            """)
        #expect(try await registry.history().map(\.note) == [ApplyNote(appliedBy: "old", engineVersion: "0.0.1")])
        #expect(try await registry.latestPlan().plan == Self.first)
        _ = try await registry.apply(Self.second, note: Self.note)
        #expect(try await registry.history().map(\.note.reason) == ["first", nil])
    }

    /// An older asof did not keep what the rows of a layout mean, and had one layout for each definition.
    @Test func aRegistryWithoutMeaningsGetsThoseOfTheLastPlan() async throws {
        let connection = try await connect()
        try await connection.execute("CREATE TABLE events (card int8, amount int8, at timestamptz)")
        let registry = Registry(connection: connection, project: "demo")
        let old = try #require(try await registry.apply(Self.first, note: Self.note))
        try await connection.executeScript(
            "DROP TABLE asof.row_layouts; ALTER TABLE asof.view_layouts ADD UNIQUE (project, layout_id)")
        let number = try #require(old.layouts["activity"]?.layout)
        #expect(try await registry.latestPlan().layouts["activity"]?.layout == number)
        let new = try #require(try await registry.apply(Self.second, note: Self.note))
        let ids = try #require(new.layouts["activity"])
        #expect(ids.layout > number && ids.others.map(\.layout) == [number])
        #expect(ids.others.first?.row == Self.first.featureViews[0].storedRow)
        #expect(try await registry.layouts(of: Self.first)["activity"]?.others.map(\.layout) == [ids.layout])
    }

    /// What is judged when a row is read, ttl and default, is no part of what it means.
    @Test func aChangeOfTTLAloneKeepsTheLayout() async throws {
        let connection = try await connect()
        try await connection.execute("CREATE TABLE events (card int8, amount int8, at timestamptz)")
        let registry = Registry(connection: connection, project: "demo")
        let first = try #require(try await registry.apply(Self.first, note: Self.note))
        let view = Self.first.featureViews[0]
        let features = view.features.map {
            FeaturePlan(name: $0.name, computation: $0.computation, type: $0.type, defaultValue: .int64(-1), notes: $0.notes)
        }
        let changed = FeatureViewPlan(
            name: view.name, entities: view.entities, joinKeys: view.joinKeys, joinKeyColumns: view.joinKeyColumns,
            source: view.source, filter: view.filter, schedule: view.schedule, ttl: Period(microseconds: 5), features: features,
            notes: view.notes)
        #expect(changed.fingerprint != view.fingerprint)
        let plan = Plan(
            project: "demo", entities: Self.first.entities, featureViews: [changed], onDemandViews: [], services: [])
        let second = try #require(try await registry.apply(plan, note: Self.note))
        #expect(second.layouts["activity"] == first.layouts["activity"])
        #expect(PlanDifference(from: first.plan, to: plan).viewsToRewrite.isEmpty)
    }

    @Test func aRollbackIsANewRecordWithANewLayout() async throws {
        let connection = try await connect()
        try await connection.execute("CREATE TABLE events (card int8, amount int8, at timestamptz)")
        let registry = Registry(connection: connection, project: "demo")
        let original = try #require(try await registry.apply(Self.first, note: Self.note))
        let log = MaterializationLog(connection: connection, project: "demo")
        try await log.record(
            Self.run(1, fingerprint: Self.first.featureViews[0].fingerprint, cut: .epoch, rowsWritten: 1, rowsKept: 0))
        #expect(try await log.latest()["activity"]?.layout == original.layouts["activity"]?.layout)
        let changed = try #require(try await registry.apply(Self.second, note: Self.note))
        let record = try await registry.record(fingerprintPrefix: String(original.fingerprint.prefix(12)))
        let note = ApplyNote(appliedBy: "bob", engineVersion: "test", reason: "too many zeros")
        let restored = try #require(try await registry.rollBack(to: record, note: note, base: .apply(changed.applyID)))
        #expect(restored.plan == Self.first)
        let layouts = [original, changed, restored].compactMap { $0.layouts["activity"] }
        #expect(Set(layouts.map(\.layout)).count == 3 && Set(layouts.map(\.field)).count == 1)
        #expect(restored.layouts["activity"]?.others.map(\.layout) == [layouts[1].layout, layouts[0].layout])
        let history = try await registry.history()
        #expect(history.count == 3)
        #expect(history.first?.note.rollbackOf == original.applyID && history.first?.note.reason == "too many zeros")
        #expect(try await registry.rollBack(to: record, note: note, base: .apply(restored.applyID)) == nil)
    }

    @Test(arguments: [
        ("DROP COLUMN amount", "source `events` has no column `amount` any more"),
        ("ALTER COLUMN amount TYPE text", "column `amount` of source `events` was int8 and is text now"),
    ])
    func aRollbackThatTheDatabaseNoLongerFitsIsRefused(_ change: String, _ complaint: String) async throws {
        let connection = try await connect()
        try await connection.execute("CREATE TABLE events (card int8, amount int8, at timestamptz)")
        let registry = Registry(connection: connection, project: "demo")
        let original = try #require(try await registry.apply(Self.first, note: Self.note))
        let changed = try #require(try await registry.apply(Self.plan([TestPlans.count("visits")]), note: Self.note))
        try await connection.executeScript("ALTER TABLE events \(change)")
        let record = try await registry.record(fingerprintPrefix: original.fingerprint)
        let error = await #expect(throws: RegistryError.self) {
            try await registry.rollBack(to: record, note: Self.note, base: .apply(changed.applyID))
        }
        #expect(error?.description.hasSuffix("nothing was applied: \(complaint)") ?? false)
        #expect(try await registry.latestApplyID() == changed.applyID)
    }

    @Test func aFingerprintIsFoundByItsStartIfThatIsUnique() async throws {
        let registry = Registry(connection: try await connect(), project: "demo")
        _ = try await registry.apply(Self.first, note: Self.note)
        #expect(try await registry.record(fingerprintPrefix: Self.first.fingerprint).note == Self.note)
        for unknown in ["", "zz", "%"] {
            await #expect(throws: RegistryError.unknownFingerprint(project: "demo", fingerprint: unknown)) {
                try await registry.record(fingerprintPrefix: unknown)
            }
        }
    }

    @Test func rewritesAreEstimatedFromTheLastRunOrElseByPostgres() async throws {
        let connection = try await connect()
        try await connection.executeScript(
            """
            CREATE TABLE events (card int8, amount int8, at timestamptz);
            INSERT INTO events SELECT n % 100, n, now() FROM generate_series(1, 5000) AS n;
            ANALYZE events;
            """)
        let registry = Registry(connection: connection, project: "demo")
        let estimator = RewriteEstimator(connection: connection, project: "demo")
        let views = Self.first.featureViews
        let guess = RewriteEstimate(view: "activity", keys: 100, keysFrom: .statistics, sourceRows: 5000)
        #expect(try await estimator.estimate(views) == [guess])
        _ = try await registry.apply(Self.first, note: Self.note)
        let log = MaterializationLog(connection: connection, project: "demo")
        #expect(try await log.latest().isEmpty)
        for (cut, rows) in [(2, 90), (1, 80)] {
            try await log.record(
                Self.run(
                    UInt32(rows), fingerprint: "f", cut: Timestamp(microseconds: Int64(cut)), rowsWritten: rows, rowsKept: 5))
        }
        let known = RewriteEstimate(view: "activity", keys: 95, keysFrom: .lastMaterialization, sourceRows: 5000)
        #expect(try await estimator.estimate(views) == [known])
        #expect(try await log.latest()["activity"]?.cut == Timestamp(microseconds: 2))
    }

    /// Whatever their cuts: after a longer `lag` they are earlier ones. Not from one of other rows, nor one that was outranked.
    @Test func aRunStartsFromTheNewestOfItsLayout() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("runs"))
        _ = try await Registry(connection: connection, project: "demo").apply(Self.first, note: Self.note)
        let log = MaterializationLog(connection: connection, project: "demo")
        #expect(try await log.reasonWithoutBase(of: "activity", layout: 1) == .firstRun)
        let runs: [(number: UInt32, layout: UInt32, cut: Int64, isBase: Bool)] = [
            (1, 1, 120, true), (2, 2, 110, false), (3, 2, 111, true), (4, 2, 90, false),
        ]
        for run in runs {
            try await log.record(
                Self.run(
                    run.number, fingerprint: "f", cut: Timestamp(microseconds: run.cut), rowsWritten: 1, rowsKept: 0,
                    layout: run.layout, isBase: run.isBase))
            if run.number == 2 { #expect(try await log.reasonWithoutBase(of: "activity", layout: 2) == .lastRunDoesNotCount) }
        }
        func base(layout: UInt32) async throws -> UInt32? {
            try await log.withRun(of: "activity", layout: layout, whenBusy: {}) { $0.base?.run }
        }
        #expect(try await base(layout: 1) == 1)
        #expect(try await base(layout: 2) == 3)
        #expect(try await base(layout: 3) == nil)
        #expect(try await log.reasonWithoutBase(of: "activity", layout: 3) == .definitionChanged)
        let last = try #require(try await log.lastRun(of: "activity", layout: 2))
        #expect(last.cut == Timestamp(microseconds: 90) && last.base == 3)
        await connection.close()
    }

    /// The newest run, and, while Redis may not have been told of it, the one before; of an older registry as well.
    @Test func theRunsThatMustBeOnlineAreKnown() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("online"))
        _ = try await Registry(connection: connection, project: "demo").apply(Self.first, note: Self.note)
        let log = MaterializationLog(connection: connection, project: "demo")
        #expect(try await log.runsOnline().isEmpty)
        for number in 1...5 as ClosedRange<UInt32> {
            try await log.record(
                Self.run(number, fingerprint: "f", cut: .epoch, rowsWritten: 1, rowsKept: 0, isBase: number != 3 && number != 5))
        }
        try await connection.execute(
            "UPDATE asof.materializations SET finished_at = finished_at - interval '20 s' WHERE run_id < 4")
        let runs = try await log.runsOnline().sorted { $0.number < $1.number }
        #expect(runs.map(\.number) == [2, 4] && runs.allSatisfy { $0.view == "activity" })
        #expect(runs[0].settlesIn == .zero && runs[1].settlesIn > .zero && runs[1].settlesIn <= .seconds(10))
        try await connection.execute("UPDATE asof.materializations SET finished_at = finished_at - interval '20 s'")
        #expect(try await log.runsOnline() == [RecordedRun(view: "activity", number: 4, settlesIn: .zero)])
        try await connection.execute("ALTER TABLE asof.materializations DROP COLUMN is_base")
        #expect(try await log.runsOnline() == [RecordedRun(view: "activity", number: 5, settlesIn: .zero)])
        await connection.close()
    }

    private static func run(
        _ number: UInt32, fingerprint: String, cut: Timestamp, rowsWritten: Int, rowsKept: Int, layout: UInt32 = 1,
        isBase: Bool = true
    ) -> MaterializationRun {
        MaterializationRun(
            number: number, view: "activity", fingerprint: fingerprint, layout: layout, cut: cut, scope: .everyEntity(.firstRun),
            state: SourceState(oldestOpenTransaction: 1, nextTransaction: 2, storage: nil), sourceRows: nil, startedAt: .epoch,
            rowsWritten: rowsWritten, rowsKept: rowsKept, rowsRemoved: 0, isBase: isBase)
    }
}
