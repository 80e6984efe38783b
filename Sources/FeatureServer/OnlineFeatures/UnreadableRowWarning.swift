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
            logger.warning(
                "a stored row of `\(view)` cannot be read, so its features are NULL: run `asof materialize \(view)`, and restart the server if definitions were applied since it started",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    private func isDue(_ view: String, now: Timestamp) -> Bool {
        lastWarned.withLock { lastWarned in
            if let last = lastWarned[view], now < last + Self.interval { return false }
            lastWarned[view] = now
            return true
        }
    }
}
