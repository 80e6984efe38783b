import Synchronization

/// Tells how many rows have come of all that a join reads, by whichever connection.
final class ReadingProgress: Sendable {
    private let rows = Atomic(0)
    private let report: ProgressReport

    /// - Parameter expectedRows: as the catalogue estimates them, where it does.
    init(expectedRows: Int?, observer: @escaping ProgressReport.Observer) {
        report = ProgressReport(stage: "reading", total: expectedRows, observer: observer)
    }

    func add(_ count: Int) { report.report(rows.add(count, ordering: .relaxed).newValue) }

    /// What has come is read again.
    func restart() { rows.store(0, ordering: .relaxed) }
}
