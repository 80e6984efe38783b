import FeatureDefs
import Foundation
import OfflineStore
package import PostgresClient

/// The check that runs by itself: of what was logged since the last one, with findings that are opened, followed and closed.
///
/// One at a time in a database; one that was killed is finished first, from where it was; one with nothing new to check repeats what the
/// last one said. A run, its findings and up to where the log is checked are recorded in one transaction, so that none of them is
/// there without the others.
package struct NightlyCheck: Sendable {
    package enum Event: Sendable {
        /// Another check of the project is under way.
        case waiting
        /// A run that was killed goes on, after so many rows.
        case resuming(run: Int64, rows: Int)
    }

    package struct Outcome: Sendable {
        package let document: SkewDocument
        /// Nothing had been logged since the run that the document is of.
        package let isRepeated: Bool

        package init(document: SkewDocument, isRepeated: Bool) {
            self.document = document
            self.isRepeated = isRepeated
        }
    }

    private let project: String
    private let connection: PostgresConnection
    private let check: SkewCheck
    private let keepInterval: Duration
    private let onEvent: (@Sendable (Event) -> Void)?

    /// - Parameters:
    ///   - check: of the same project and connection.
    ///   - keepInterval: how often the progress is kept.
    package init(
        project: String, connection: PostgresConnection, check: SkewCheck, keepInterval: Duration = .seconds(30),
        onEvent: (@Sendable (Event) -> Void)? = nil
    ) {
        self.project = project
        self.connection = connection
        self.check = check
        self.keepInterval = keepInterval
        self.onEvent = onEvent
    }

    package func run(service: String?) async throws -> Outcome {
        let lock = AdvisoryLock("asof.skew \(project)")
        if !(try await lock.holdIfFree(on: connection)) {
            onEvent?(.waiting)
            try await lock.hold(on: connection)
        }
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await runAlone(service: service))
        } catch {
            result = .failure(error)
        }
        // A connection that is lost has let go of it already.
        try? await lock.release(on: connection)
        return try result.get()
    }

    private func runAlone(service: String?) async throws -> Outcome {
        let store = SkewRunStore(connection: connection, project: project)
        try await store.complete()
        var last: SkewDocument?
        for run in try await store.unfinished() {
            onEvent?(.resuming(run: run.id, rows: run.progress?.checkedRows ?? 0))
            last = try await finish(run, in: store)
        }
        let log = ServedLog(connection: connection, project: project)
        let scope = try await scope(of: service, in: store, log)
        let slices = try await slices(scope, log)
        let isLossy = try await hasLosses(scope, log)
        if !slices.isEmpty || isLossy {
            let run = try await store.begin(service: service, scope: scope)
            return Outcome(document: try await finish(run, in: store, slices: slices), isRepeated: false)
        }
        if let last { return Outcome(document: last, isRepeated: false) }
        if let kept = try await store.last(of: service) { return Outcome(document: kept, isRepeated: true) }
        // Nothing was ever logged.
        var nothing = SkewProgress([])
        let report = try await check.run(&nothing, losses: [], since: .negativeInfinity, checkedAt: .now)
        return Outcome(document: report.document, isRepeated: false)
    }

    /// Of each service what has been committed since its newest finished run, of its own or of all services; everything, if there is none
    /// or it was in another database.
    private func scope(of service: String?, in store: SkewRunStore, _ log: ServedLog) async throws -> [SkewScope] {
        let now = try await log.state()
        let marks = try await store.watermarks()
        return try await log.services().filter { service == nil || $0 == service }.map { name in
            let mark = marks[name].flatMap { $0.table == now.table && $0.end <= now.end ? $0 : nil }
            return SkewScope(service: name, range: .logged(after: mark, by: now))
        }
    }

    private func slices(_ scope: [SkewScope], _ log: ServedLog) async throws -> [SkewProgress.Slice] {
        var slices: [SkewProgress.Slice] = []
        for part in scope {
            slices += try await log.slices(part.range, service: part.service).map { .init(slice: $0, range: part.range) }
        }
        return slices
    }

    private func hasLosses(_ scope: [SkewScope], _ log: ServedLog) async throws -> Bool {
        for part in scope where !(try await log.losses(part.range, service: part.service)).isEmpty { return true }
        return false
    }

    private func finish(
        _ run: SkewRun, in store: SkewRunStore, slices: [SkewProgress.Slice]? = nil
    ) async throws -> SkewDocument {
        let log = ServedLog(connection: connection, project: project)
        var progress = run.progress ?? SkewProgress([])
        if let slices {
            progress.slices = slices
        } else if run.progress == nil {
            progress.slices = try await self.slices(run.scope, log)
        }
        progress.interval = keepInterval
        let report = try await check.run(
            &progress, losses: run.scope.map { ($0.range, $0.service) }, since: run.since, checkedAt: .now,
            keep: { progress in try await store.keep(progress, of: run) })
        return try await store.finish(run, report)
    }
}

/// What a run checks of one service.
struct SkewScope: Sendable, Codable {
    let service: String
    let range: ServedLogRange
}

/// A run of the nightly check, under way.
struct SkewRun: Sendable {
    let id: Int64
    let service: String?
    let scope: [SkewScope]
    /// nil when it had not come far, or an asof of another version kept it.
    let progress: SkewProgress?

    /// The oldest state that something is checked from.
    var since: Timestamp {
        scope.map { part in
            switch part.range {
            case .served(let since): since
            case .logged(let after, _): after?.at ?? .negativeInfinity
            }
        }.min() ?? .negativeInfinity
    }
}
