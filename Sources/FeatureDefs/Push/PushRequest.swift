/// Fresh rows of a source, for its table and for the online store.
package struct PushRequest: Hashable, Sendable {
    /// Feast's `to`.
    package enum Destination: String, Hashable, Sendable, CaseIterable {
        /// The same as `onlineAndOffline`: what is served must be in the source, or training would not see it.
        case online
        /// The source's table alone. The next run takes the rows online.
        case offline
        case onlineAndOffline = "online_and_offline"
    }

    /// A feature view's name or a source's.
    package let target: String
    package let columns: [PushedColumn]
    package let destination: Destination

    package init(target: String, columns: [PushedColumn], destination: Destination) {
        self.target = target
        self.columns = columns
        self.destination = destination
    }

    package var rowCount: Int { columns.first?.cells.count ?? 0 }
}

/// A column of the source's table, with one cell for each pushed row.
package struct PushedColumn: Hashable, Sendable {
    package enum Cell: Hashable, Sendable {
        case json(JSONValue)
        /// From a CSV file; nil is NULL.
        case text(String?)
    }

    package let name: String
    package let cells: [Cell]

    package init(name: String, cells: [Cell]) {
        self.name = name
        self.cells = cells
    }
}

/// What became of a push.
package struct PushOutcome: Hashable, Sendable {
    package struct View: Hashable, Sendable {
        package let name: String
        /// Entities whose row in the online store is now that of `instant`.
        package let written: Int
        /// Entities of which the online store has a newer row.
        package let kept: Int

        package init(name: String, written: Int, kept: Int) {
            self.name = name
            self.written = written
            self.kept = kept
        }
    }

    /// Rows that the table has got.
    package let inserted: Int
    /// Rows that it had already, from a push before.
    package let duplicates: Int
    /// The views whose entities were computed anew.
    package let views: [View]
    /// The instant as of which they were.
    package let instant: Timestamp

    package init(inserted: Int, duplicates: Int, views: [View], instant: Timestamp) {
        self.inserted = inserted
        self.duplicates = duplicates
        self.views = views
        self.instant = instant
    }
}

/// Takes pushed rows.
package protocol PushReceiver: Sendable {
    /// Returns when the rows are committed and, for the online store, written. Doing it again does no harm.
    func push(_ request: PushRequest) async throws(PushError) -> PushOutcome
}
