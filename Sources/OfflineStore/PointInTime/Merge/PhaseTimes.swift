import Foundation
import Synchronization

/// How long each phase of a join took; printed on standard error when `ASOF_PHASES` is set.
struct PhaseTimes: Sendable {
    private final class Log: Sendable {
        let lines = Mutex<[(String, Duration)]>([])
    }

    private let log = Log()
    private let isOn = ProcessInfo.processInfo.environment["ASOF_PHASES"] != nil

    func measure<Output>(_ phase: String, _ body: () async throws -> Output) async rethrows -> Output {
        let start = ContinuousClock.now
        let output = try await body()
        if isOn { log.lines.withLock { $0.append((phase, ContinuousClock.now - start)) } }
        return output
    }

    func print() {
        guard isOn else { return }
        let text = log.lines.withLock { $0.map { "\($0.0) \($0.1 / .milliseconds(1)) ms" }.joined(separator: ", ") }
        FileHandle.standardError.write(Data("asof: phases: \(text)\n".utf8))
    }
}
