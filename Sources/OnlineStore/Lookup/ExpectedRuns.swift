import FeatureDefs
import RedisClient
import Synchronization

/// The runs whose rows Redis must still have, by which an entity that has none is told from a Redis that has lost what it had.
///
/// A run's mark (`OnlineRunMark`) goes with its rows. So once a view's mark has been there, or is on record as having been set, it is looked
/// at whenever rows are missing, and whenever the server was logged in to anew since it was last looked at: always after the rows were read,
/// so that rows and mark cannot be of a Redis before and after its loss. Once a second it is looked at to learn of newer runs. A view that
/// no run has filled yet is expected to have none.
final class ExpectedRuns: Sendable {
    private static let never = -1

    private struct State {
        /// By field, the newest of which the mark has been seen, or must have been set.
        var runs: [String: UInt32] = [:]
        var unsettled: [(field: String, run: UInt32, due: ContinuousClock.Instant)] = []

        mutating func settle(at now: ContinuousClock.Instant) {
            for (field, run, due) in unsettled where due <= now { runs[field] = max(runs[field] ?? 0, run) }
            unsettled.removeAll { $0.due <= now }
        }
    }

    private let connection: RedisConnection
    private let mark: OnlineRunMark
    /// Of the views that are served, by the name of their field.
    private let views: [String: String]
    private let fields: [String]
    private let state: Mutex<State>
    /// The connection's count of logins under which all views had their runs; `never` when one had not.
    private let trusted = Atomic(never)
    private let start = ContinuousClock.now
    /// When all views are looked at again, in seconds since `start`: a run that ended less than a second before Redis lost it may be missed.
    private let nextLook = Atomic<Int64>(0)

    init(
        of layouts: some Collection<OnlineViewLayout>, in project: String, recorded: [RecordedRun],
        on connection: RedisConnection
    ) {
        self.connection = connection
        mark = OnlineRunMark(project: project, on: connection)
        let served = layouts.filter(\.view.isServable)
        views = Dictionary(served.map { ($0.field, $0.view.name) }) { first, _ in first }
        fields = views.keys.sorted()
        state = Mutex(State())
        expect(recorded)
    }

    /// Takes over what the registry has, the newest runs of each view. Where those are all older than what is known, the registry has been
    /// put back to an earlier state, and counts anew.
    func expect(_ recorded: [RecordedRun]) {
        let now = ContinuousClock.now
        let runs = Dictionary(grouping: recorded, by: \.view)
        state.withLock { state in
            for (field, view) in views {
                guard let newest = runs[view]?.map(\.number).max() else { continue }
                if newest < state.runs[field] ?? 0 { state.runs[field] = nil }
                state.unsettled += runs[view, default: []].map { (field, $0.number, now + $0.settlesIn) }
            }
            state.settle(at: now)
        }
    }

    /// Throws when the run of one of the views that were just read is not there. Not on a cluster, whose servers lose rows one by one: the
    /// next run finds that out.
    func require(of reads: HashReads, areRowsMissing: Bool, timeout: Duration?) async throws(RedisError) {
        guard let logins = connection.loginCount else { return }
        let isWhole = isDue() || trusted.load(ordering: .relaxed) != logins
        guard areRowsMissing || isWhole else { return }
        let asked = reads.views.map(\.layout.field)
        let lost: Set<String>
        do throws(RedisError) {
            lost = try await look(at: isWhole ? fields : asked, isWhole: isWhole, timeout: timeout)
        } catch {
            // A user who may not read the marks learns nothing from them; `requireAll` tells.
            guard error.code == .serverError else { throw error }
            if isWhole { trusted.store(logins, ordering: .relaxed) }
            return
        }
        if let field = asked.first(where: lost.contains), let view = views[field] { throw .lostRun(of: view, at: connection.url) }
    }

    /// Throws when one of all views' is not there, or none can be asked for.
    func requireAll(timeout: Duration?) async throws(RedisError) {
        guard connection.loginCount != nil else { return }
        let lost = try await look(at: fields, isWhole: true, timeout: timeout)
        if let view = lost.compactMap({ views[$0] }).min() { throw .lostRun(of: view, at: connection.url) }
    }

    /// True once in each second. Each lookup asks: a duration is compared in a tenth of the time in which it is taken apart.
    private func isDue() -> Bool {
        let elapsed = ContinuousClock.now - start
        let next = nextLook.load(ordering: .relaxed)
        guard elapsed >= .seconds(next) else { return false }
        return nextLook.compareExchange(expected: next, desired: elapsed.components.seconds + 1, ordering: .relaxed).exchanged
    }

    /// The fields of those views whose runs are gone.
    private func look(at fields: [String], isWhole: Bool, timeout: Duration?) async throws(RedisError) -> Set<String> {
        guard !fields.isEmpty, let logins = connection.loginCount else { return [] }
        let found = try await RedisConnection.tryingAgainWhenLost { () throws(RedisError) in
            try await mark.runs(ofFields: fields, timeout: timeout)
        }
        let lost = state.withLock { state in
            state.settle(at: .now)
            var lost: Set<String> = []
            for (field, run) in zip(fields, found) {
                if let known = state.runs[field], run ?? 0 < known {
                    lost.insert(field)
                } else {
                    state.runs[field] = run
                }
            }
            return lost
        }
        // Nothing is known of what was logged in to meanwhile.
        if isWhole { trusted.store(lost.isEmpty ? logins : Self.never, ordering: .relaxed) }
        return lost
    }
}

extension RedisError {
    fileprivate static func lostRun(of view: String, at url: RedisURL) -> RedisError {
        .lostRows(url, of: "feature view `\(view)`", remedy: "`asof materialize` writes them again")
    }
}
