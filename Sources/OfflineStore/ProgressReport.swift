/// Tells whoever watches how far a long job is. Called from whichever thread does the work, at most every thousand rows.
package struct ProgressReport: Sendable {
    /// The stage's name, rows done so far, and how many there will be, where that is known.
    package typealias Observer = @Sendable (_ stage: String, _ rows: Int, _ total: Int?) -> Void

    let stage: String
    let total: Int?
    let observer: Observer?

    package init(stage: String, total: Int? = nil, observer: Observer?) {
        self.stage = stage
        self.total = total
        self.observer = observer
    }

    func advance(to rows: Int) {
        guard rows.isMultiple(of: 1000) else { return }
        report(rows)
    }

    /// For what goes forward by whole batches.
    func report(_ rows: Int) { observer?(stage, rows, total) }
}
