/// Where served rows are kept.
package protocol ServedFeatureSink: Sendable {
    /// Stores the rows, all or none. Called by one task at a time, away from any request. Throws `UnstorableRows` when some of
    /// them can never be stored, and anything else when trying again may help.
    func write(_ rows: [ServedRow]) async throws

    /// Stores how many rows were lost, so that whoever reads the log knows. All or none.
    func record(_ losses: [ServedLogLoss]) async throws
}

/// Among the rows there is one that the sink cannot hold, however often it is tried.
package struct UnstorableRows: Error, CustomStringConvertible {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }

    package var description: String { "rows that cannot be stored: \(reason)" }
}

/// Rows that were chosen for the log and are not in it.
package struct ServedLogLoss: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
        /// Rows came faster than they could be stored.
        case queueFull = "queue_full"
        /// The store was away for longer than the log tries.
        case storeUnavailable = "store_unavailable"
        /// The store refuses the row itself.
        case unstorable
    }

    package let service: String
    package let cause: Cause
    package let host: String
    package var rows: Int
    /// The instants of serving between which they were lost.
    package var first: Timestamp
    package var last: Timestamp

    package init(service: String, cause: Cause, host: String, rows: Int, first: Timestamp, last: Timestamp) {
        self.service = service
        self.cause = cause
        self.host = host
        self.rows = rows
        self.first = first
        self.last = last
    }
}
