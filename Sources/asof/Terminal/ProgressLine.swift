import Foundation
import Synchronization

/// A line on standard error that tells how far a job is: from two seconds on, and on a terminal only.
final class ProgressLine: Sendable {
    private struct State {
        var lastShown: ContinuousClock.Instant?
        var stage = ""
        var stageStart = ContinuousClock.now
        var isShown = false
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let isEnabled: Bool

    init(isEnabled: Bool = StandardError.isTerminal) {
        self.isEnabled = isEnabled
    }

    /// Called as often as the job likes; shows something at most ten times a second.
    func update(stage: String, rows: Int) {
        guard isEnabled else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            if state.stage != stage {
                state.stage = stage
                state.stageStart = now
            }
            guard now - start > .seconds(2), state.lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
            state.lastShown = now
            state.isShown = true
            let seconds = max(0.001, (now - state.stageStart) / .seconds(1))
            StandardError.write("\r\u{1B}[K\(stage): \(rows) rows, \(Int(Double(rows) / seconds)) rows/s")
        }
    }

    /// Takes the line away.
    func finish() {
        state.withLock { state in
            if state.isShown { StandardError.write("\r\u{1B}[K") }
            state.isShown = false
        }
    }
}
