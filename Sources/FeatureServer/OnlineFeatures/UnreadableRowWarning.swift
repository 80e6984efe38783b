import FeatureDefs
import Logging
import OnlineStore
import Synchronization

/// Warns of stored rows that cannot be read, once a minute for each view: after a change of definitions every lookup would.
final class UnreadableRowWarning: Sendable {
    private static let interval = Period(microseconds: 60_000_000)

    private let logger: Logger
    private let lastWarned = Mutex<[String: Timestamp]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    func warn(of unreadable: [String: PackedRowError], now: Timestamp) {
        for (view, error) in unreadable where isDue(view, now: now) {
            logger.warning("\(Self.text(view, error))", metadata: ["reason": "\(error)"])
        }
    }

    private static func text(_ view: String, _ error: PackedRowError) -> String {
        let consequence =
            if case .lacksFeatures = error {
                "a stored row of `\(view)` is of another definition, so the features that it lacks are NULL and INVALID"
            } else {
                "a stored row of `\(view)` cannot be read, so its features are NULL and INVALID"
            }
        return "\(consequence): run `asof materialize \(view)`; if definitions were applied since the plan was loaded, send the "
            + "server SIGHUP"
    }

    private func isDue(_ view: String, now: Timestamp) -> Bool {
        lastWarned.withLock { lastWarned in
            if let last = lastWarned[view], now < last + Self.interval { return false }
            lastWarned[view] = now
            return true
        }
    }
}
