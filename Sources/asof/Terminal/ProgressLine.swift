import Foundation
import Synchronization

/// A line on standard error that tells how far a job is: from two seconds on, and on a terminal only.
final class ProgressLine: Sendable {
    /// What was said first of a stage: how fast it goes is counted from there. Several stages may go on at once.
    private struct Stage {
        let start: ContinuousClock.Instant
        let rows: Int
    }

    private struct State {
        var lastShown: ContinuousClock.Instant?
        var lastUpdate: ContinuousClock.Instant?
        var stages: [String: Stage] = [:]
        var isShown = false
        var watch: Task<Void, Never>?
    }

    /// A rate of less time than that says nothing.
    private static let leastSeconds = 0.2

    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let isEnabled: Bool

    init(isEnabled: Bool = StandardError.isTerminal) {
        self.isEnabled = isEnabled
    }

    /// Called as often as the job likes; shows something at most ten times a second.
    func update(stage: String, rows: Int, total: Int? = nil) {
        guard isEnabled else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            state.lastUpdate = now
            let first = state.stages[stage, default: Stage(start: now, rows: rows)]
            state.stages[stage] = first
            guard now - start > .seconds(2), state.lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
            state.lastShown = now
            state.isShown = true
            var line = "\(stage): \(rows)\(total.map { " of \($0)" } ?? "") rows"
            let seconds = (now - first.start) / .seconds(1)
            let rate = Double(rows - first.rows) / max(seconds, Self.leastSeconds)
            if seconds >= Self.leastSeconds, rate > 0 {
                line += ", \(Int(rate)) rows/s"
                if let total { line += ", \(Self.duration(seconds: Double(max(0, total - rows)) / rate)) left" }
            }
            StandardError.write("\r\u{1B}[K" + line)
        }
    }

    /// `42 s`, `3 min`, `2 h`
    private static func duration(seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded(.up))) s"
        case ..<5400: "\(Int((seconds / 60).rounded(.up))) min"
        default: "\(Int((seconds / 3600).rounded(.up))) h"
        }
    }

    /// Shows how far the job is in words of its own, as often as it likes.
    func show(_ text: String) {
        guard isEnabled else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            guard now - start > .seconds(2), state.lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
            state.lastShown = now
            state.isShown = true
            StandardError.write("\r\u{1B}[K" + text)
        }
    }

    /// Tells how long a stage has taken, and how long it was estimated to take, while nothing is said of its rows: Postgres sorts and
    /// joins without a word. Until `finish`.
    func watch(_ stage: String, estimatedSeconds: Double) {
        guard isEnabled else { return }
        let start = ContinuousClock.now
        let estimate = Self.duration(seconds: estimatedSeconds)
        let watch = Task {
            while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                let isQuiet = state.withLock { $0.lastUpdate.map { ContinuousClock.now - $0 > .seconds(1) } ?? true }
                let elapsed = Self.duration(seconds: (ContinuousClock.now - start) / .seconds(1))
                guard isQuiet, !Task.isCancelled else { continue }
                show("\(stage): \(elapsed), of about \(estimate) by the tables' statistics")
            }
        }
        state.withLock { state in
            state.watch?.cancel()
            state.watch = watch
        }
    }

    /// Takes the line away.
    func finish() {
        state.withLock { state in
            if state.isShown { StandardError.write("\r\u{1B}[K") }
            state.isShown = false
            state.watch?.cancel()
        }
    }
}
