import FeatureDefs
import OnlineStore
import RedisClient

/// The connection by which a run writes, and by which it can be stopped from writing.
///
/// A run whose session with Postgres has ended holds no lock any more, and yet what it has sent to Redis may arrive late. So it writes by a
/// connection of its own, whose name tells the view. The next run, once it has noted that it begins, cuts off what has such a name. One that
/// had no connection yet, or makes another, finds that a later run has begun: it looks after its connection has been made and before
/// it writes, so whichever of the two comes first, nothing of its reaches Redis after the next run has looked at the source.
final class RunConnection {
    private let shared: RedisConnection
    private let project: String
    private let layout: OnlineViewLayout
    private let number: UInt32
    private var own: RedisConnection?

    init(of layout: OnlineViewLayout, in project: String, run number: UInt32, beside shared: RedisConnection) {
        self.shared = shared
        self.project = project
        self.layout = layout
        self.number = number
    }

    /// Whether anything can have been written.
    var wasOpened: Bool { own != nil }

    /// Made when it is first asked for, which may be long after the run has begun: servers close idle connections.
    func open() async throws -> RedisConnection {
        if let own { return own }
        let connection = try shared.another(named: namePrefix + "\(number)")
        own = connection
        // On a cluster, this connects to every server.
        guard try await OnlineRunMark(project: project, on: connection).isWhole(run: number, of: layout) else {
            throw MaterializationError.onlineStoreLostRows(view: layout.view.name)
        }
        return connection
    }

    func close() { own?.close() }

    /// Ends what earlier runs of the view still have under way. After the run's beginning has been noted.
    func cutOffEarlierRuns() async throws(RedisError) {
        try await shared.cutOff(namesBeginningWith: namePrefix)
    }

    /// Redis takes no spaces in a name.
    private var namePrefix: String {
        "asof-run-\(project.utf8.hexadecimal)-\(layout.field)-"
    }
}
