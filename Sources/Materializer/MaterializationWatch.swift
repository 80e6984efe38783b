package import FeatureDefs

/// Runs views whenever they are due, until its task is cancelled.
///
/// What fails is told and tried again, later and later up to a minute; a store that is away holds up the views, not the loop. A view
/// that can never be served is told of once, and left out until another definition of it is applied.
package struct MaterializationWatch: Sendable {
    /// Looks up the views to run, anew for each round, so that what has been applied meanwhile is run: with the cut of each
    /// one's last run whose rows are not lost.
    package typealias Load = @Sendable () async throws -> [(target: MaterializationTarget, lastCut: Timestamp?)]
    /// Runs views as of an instant and tells whether all went well.
    package typealias Run = @Sendable ([MaterializationTarget], Timestamp) async throws -> Bool

    /// So long it takes at most to notice that Redis has lost a view's rows.
    package static let longestPause = Period(microseconds: 5_000_000)
    package static let longestRetry = Period(microseconds: 60_000_000)
    private static let firstRetry = Period(microseconds: 1_000_000)

    private let schedule: MaterializationSchedule
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Period) async throws -> Void

    /// `sleep` throws when the task is cancelled.
    package init(
        schedule: MaterializationSchedule, now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Period) async throws -> Void
    ) {
        self.schedule = schedule
        self.now = now
        self.sleep = sleep
    }

    /// Returns when the task is cancelled. `report` is told what `load` or `run` throw.
    package func run(load: Load, run: Run, report: (any Error) -> Void) async {
        var retry = Self.firstRetry
        // Fingerprints of the views that were told of, by name.
        var refused: [String: String] = [:]
        while !Task.isCancelled {
            var pause: Period
            do {
                var views = try await load()
                views.removeAll { target, _ in
                    guard !target.view.isServable else { return false }
                    let isTold = refused.updateValue(target.view.fingerprint, forKey: target.view.name) == target.view.fingerprint
                    if !isTold { report(MaterializationError.notServable(target.view)) }
                    return true
                }
                let (isWell, nextDue) = try await round(views, run: run)
                retry = isWell ? Self.firstRetry : Self.later(retry)
                let untilDue = nextDue.map { Period(microseconds: max(0, $0.microseconds - now().microseconds)) }
                pause = isWell ? min(untilDue ?? Self.longestPause, Self.longestPause) : retry
            } catch {
                if Task.isCancelled { return }
                report(error)
                pause = retry
                retry = Self.later(retry)
            }
            do { try await sleep(pause) } catch { return }
        }
    }

    private static func later(_ retry: Period) -> Period {
        min(Period(microseconds: 2 * retry.microseconds), longestRetry)
    }

    /// Runs what is due. Returns whether all went well and when the next view will be due.
    private func round(
        _ views: [(target: MaterializationTarget, lastCut: Timestamp?)], run: Run
    ) async throws -> (isWell: Bool, nextDue: Timestamp?) {
        let instant = now()
        let due = views.filter { schedule.nextDue(of: $0.target.view, lastCut: $0.lastCut) <= instant }
        let isWell = due.isEmpty ? true : try await run(due.map(\.target), instant)
        let later = views.map { view in
            let isDue = due.contains { $0.target == view.target }
            let cut = isDue ? view.target.view.cut(at: instant, knowledge: .asServed) : view.lastCut
            return schedule.nextDue(of: view.target.view, lastCut: cut)
        }
        return (isWell, later.min())
    }
}
