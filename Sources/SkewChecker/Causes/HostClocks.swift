import FeatureDefs
import OfflineStore

/// How far each serving host's clock is off the database's, as far as the log shows: a row is logged after it is served.
struct HostClocks: Sendable, Codable {
    /// By host, the least time by which a row was logged after its host says that it was served.
    private var least: [String: Period] = [:]

    /// A clock so far ahead is wrong beyond what clocks that are kept in step are.
    private static let ahead = Period(microseconds: 1_000_000)
    /// One so far behind cannot be told from a log that was late by as much, until the values say so.
    private static let behind = Period(microseconds: 120_000_000)

    mutating func see(_ row: ServedRowComparison) {
        guard let after = row.loggedAfter else { return }
        least[row.host] = min(least[row.host] ?? after, after)
    }

    /// Hosts that may be wrong, with what must be added to their instants, by host.
    var suspects: [(host: String, offset: Period)] {
        least.filter { $0.value < Period(microseconds: -Self.ahead.microseconds) || $0.value > Self.behind }
            .map { (host: $0.key, offset: $0.value) }.sorted { $0.host < $1.host }
    }
}
