/// Tells whoever watches how far a long job is. Called from whichever thread does the work, at most every thousand rows.
package struct ProgressReport: Sendable {
    /// The stage's name, and rows done so far.
    package typealias Observer = @Sendable (_ stage: String, _ rows: Int) -> Void

    let stage: String
    let observer: Observer?

    package init(stage: String, observer: Observer?) {
        self.stage = stage
        self.observer = observer
    }

    func advance(to rows: Int) {
        guard let observer, rows.isMultiple(of: 1000) else { return }
        observer(stage, rows)
    }
}
