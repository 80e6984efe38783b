import FeatureDefs
import RedisClient
import Synchronization

/// The runs whose rows Redis must still have, by which an entity that has none is told from a Redis that has lost what it had.
///
/// A run's mark (`OnlineRunMark`) goes with its rows. So once a view's mark has been there, or is on record as having been set, it is looked
/// at whenever rows are missing, and whenever the server was logged in to anew since it was last looked at: always after the rows were read,
/// so that rows and mark cannot be of a Redis before and after its loss. A view that no run has filled yet is expected to have none.
final class ExpectedRuns: Sendable {
    private static let never = -1

    private let connection: RedisConnection
    private let mark: OnlineRunMark
    /// Of the views that have a place online, by the name of their field.
    private let views: [String: String]
    private let fields: [String]
    /// By field, the newest that has been seen.
    private let runs: Mutex<[String: UInt32]>
    /// The connection's count of logins under which all views had their runs; `never` when one had not.
    private let trusted = Atomic(never)

    /// - Parameter recorded: runs whose marks have been set, by view.
    init(
        of layouts: some Collection<OnlineViewLayout>, in project: String, recorded: [String: UInt32],
        on connection: RedisConnection
    ) {
        self.connection = connection
        mark = OnlineRunMark(project: project, on: connection)
        views = Dictionary(layouts.map { ($0.field, $0.view.name) }) { first, _ in first }
        fields = views.keys.sorted()
        let known = layouts.compactMap { layout in recorded[layout.view.name].map { (layout.field, $0) } }
        runs = Mutex(Dictionary(known) { first, _ in first })
    }

    /// Throws when the run of one of the views that were just read is not there. Not on a cluster, whose servers lose rows one by one: the
    /// next run finds that out.
    func require(of reads: HashReads, areRowsMissing: Bool, timeout: Duration?) async throws(RedisError) {
        guard let logins = connection.loginCount else { return }
        let isTrusted = trusted.load(ordering: .relaxed) == logins
        guard areRowsMissing || !isTrusted else { return }
        let asked = reads.views.map(\.layout.field)
        let lost = try await look(at: isTrusted ? asked : fields, whole: !isTrusted, timeout: timeout)
        if let field = asked.first(where: lost.contains), let view = views[field] { throw .lostRun(of: view, at: connection.url) }
    }

    /// Throws when one of all views' is not there.
    func requireAll(timeout: Duration?) async throws(RedisError) {
        guard connection.loginCount != nil else { return }
        let lost = try await look(at: fields, whole: true, timeout: timeout)
        if let view = lost.compactMap({ views[$0] }).min() { throw .lostRun(of: view, at: connection.url) }
    }

    /// The fields of those views whose runs are gone.
    private func look(at fields: [String], whole: Bool, timeout: Duration?) async throws(RedisError) -> Set<String> {
        guard !fields.isEmpty, let logins = connection.loginCount else { return [] }
        let found: [UInt32?]
        do throws(RedisError) {
            found = try await RedisConnection.tryingAgainWhenLost { () throws(RedisError) in
                try await mark.runs(ofFields: fields, timeout: timeout)
            }
        } catch {
            // A user who may not read the marks learns nothing from them.
            guard error.code == .serverError else { throw error }
            if whole { trusted.store(logins, ordering: .relaxed) }
            return []
        }
        let lost = runs.withLock { runs in
            var lost: Set<String> = []
            for (field, run) in zip(fields, found) {
                if let known = runs[field], run ?? 0 < known {
                    lost.insert(field)
                } else {
                    runs[field] = run
                }
            }
            return lost
        }
        // Nothing that was logged in to since is known.
        if whole { trusted.store(lost.isEmpty ? logins : Self.never, ordering: .relaxed) }
        return lost
    }
}

extension RedisError {
    fileprivate static func lostRun(of view: String, at url: RedisURL) -> RedisError {
        .lostRows(url, of: "feature view `\(view)`", remedy: "`asof materialize` writes them again")
    }
}
