import FeatureDefs
import Synchronization
import TestSupport
import Testing

@testable import Materializer

/// The loop of `asof materialize --watch`, on a clock that only its pauses move.
@Suite struct MaterializationWatchTests {
    private static let start = Timestamp("2024-03-01T12:03:00Z") ?? .epoch

    private struct Away: Error {}

    /// What the loop did, with the times at which it did.
    private struct Journal: Sendable {
        var now = MaterializationWatchTests.start
        var runs: [String] = []
        var reports: [Timestamp] = []
        var lastCuts: [String: Timestamp] = [:]
    }

    private static func view(_ name: String, every: String?, lag: String = "0s") -> MaterializationTarget {
        let schedule = every.flatMap { Period($0) }.map { Schedule(every: $0, lag: Period(lag) ?? .zero) }
        let view = TestPlans.view(
            name, keys: [JoinKey(name: "k", type: .int64)], features: [TestPlans.latest("x")], schedule: schedule)
        return MaterializationTarget(view: view, ids: ViewLayoutIDs(field: 1, layout: 1))
    }

    /// Lets the loop go on until the clock has come to `end`; `fails` says at which instants a store is away.
    private func watch(
        _ targets: [MaterializationTarget], until end: Timestamp, fails: @escaping @Sendable (Timestamp) -> Bool = { _ in false }
    ) async -> Journal {
        let journal = Mutex(Journal())
        let loop = MaterializationWatch(
            schedule: MaterializationSchedule(unscheduledEvery: Period(microseconds: 600_000_000)),
            now: { journal.withLock { $0.now } },
            sleep: { pause in
                #expect(pause > .zero && pause <= MaterializationWatch.longestRetry)
                let isOver = journal.withLock { journal in
                    journal.now = journal.now + pause
                    return journal.now >= end
                }
                if isOver { throw CancellationError() }
            })
        await loop.run(
            load: {
                try journal.withLock { journal in
                    if fails(journal.now) { throw Away() }
                    return targets.map { ($0, journal.lastCuts[$0.view.name]) }
                }
            },
            run: { targets, instant in
                journal.withLock { journal in
                    for target in targets {
                        let cut = target.view.cut(at: instant, knowledge: .asServed)
                        journal.runs.append("\(target.view.name) \(cut) at \(instant)")
                        journal.lastCuts[target.view.name] = cut
                    }
                }
                return true
            },
            report: { _ in journal.withLock { $0.reports.append($0.now) } })
        return journal.withLock { $0 }
    }

    @Test func viewsRunAtOnceAndThenWhenTheirCutIsDue() async throws {
        let end = try #require(Timestamp("2024-03-01T13:40:00Z"))
        let journal = await watch([Self.view("hourly", every: "1h", lag: "5m"), Self.view("any", every: nil)], until: end)
        let hourly = journal.runs.filter { $0.hasPrefix("hourly") }
        #expect(
            hourly == [
                "hourly 2024-03-01T11:00:00Z at 2024-03-01T12:03:00Z", "hourly 2024-03-01T12:00:00Z at 2024-03-01T12:05:00Z",
                "hourly 2024-03-01T13:00:00Z at 2024-03-01T13:05:00Z",
            ])
        // Every ten minutes from the start.
        #expect(journal.runs.count { $0.hasPrefix("any") } == 10)
        #expect(journal.reports.isEmpty)
    }

    @Test func aStoreThatIsAwayIsTriedAgainLaterAndLater() async throws {
        let end = try #require(Timestamp("2024-03-01T13:10:00Z"))
        let back = try #require(Timestamp("2024-03-01T12:10:00Z"))
        let journal = await watch([Self.view("hourly", every: "1h", lag: "5m")], until: end) { $0 < back }
        #expect(
            journal.reports.prefix(4).map { $0.microseconds - Self.start.microseconds } == [0, 1_000_000, 3_000_000, 7_000_000])
        #expect(journal.reports.count < 16, "a pause grows to a minute")
        #expect(journal.runs.first?.contains("hourly 2024-03-01T12:00:00Z at 2024-03-01T12:1") == true, "\(journal.runs)")
        #expect(journal.runs.count == 2)
    }
    @Test func aViewThatCanNeverBeServedIsToldOfOnceAndHoldsUpNoOther() async throws {
        let end = try #require(Timestamp("2024-03-01T13:10:00Z"))
        let view = TestPlans.view(
            "counted", keys: [JoinKey(name: "k", type: .int64)], features: [TestPlans.count("n")], schedule: nil)
        let counted = MaterializationTarget(view: view, ids: ViewLayoutIDs(field: 2, layout: 2))
        let journal = await watch([counted, Self.view("hourly", every: "1h", lag: "5m")], until: end)
        #expect(journal.runs.map { $0.prefix(7) } == ["hourly ", "hourly ", "hourly "])
        #expect(journal.reports == [Self.start])
    }
}
