/// A materialization run from which the next one may start, as the registry has it: its rows are online.
package struct RecordedRun: Hashable, Sendable {
    package let view: String
    package let number: UInt32
    /// How long the online store may not have been told of it yet: it is recorded first.
    package let settlesIn: Duration

    package init(view: String, number: UInt32, settlesIn: Duration) {
        self.view = view
        self.number = number
        self.settlesIn = settlesIn
    }
}
