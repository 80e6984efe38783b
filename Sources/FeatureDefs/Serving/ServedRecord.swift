/// The stored row that a view's values were served from: what tells, later, what whoever wrote it could know.
package struct ServedRecord: Hashable, Sendable {
    /// The instant as of which the row was computed.
    package let cut: Timestamp
    /// The materialization that wrote it, a `run_id` of `asof.materializations`; 0 for a pushed row.
    package let run: UInt32
    /// The newest event in it, of its `latest` features; nil when there is none.
    package let event: Timestamp?
    /// When that event could first be known; nil when there is none.
    package let available: Timestamp?

    package init(cut: Timestamp, run: UInt32, event: Timestamp?, available: Timestamp?) {
        self.cut = cut
        self.run = run
        self.event = event
        self.available = available
    }
}
