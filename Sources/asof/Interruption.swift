import Dispatch
import Foundation

/// Lets a command end cleanly on Ctrl-C or SIGTERM: its task is cancelled, so that what it began is taken back.
enum Interruption {
    /// Runs the command's work. A second signal ends the process at once.
    static func guarding(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                task.cancel()
            }
            signal(number, SIG_IGN)
            source.activate()
            return source
        }
        defer {
            for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
                source.cancel()
                signal(number, SIG_DFL)
            }
        }
        do {
            try await task.value
        } catch  where task.isCancelled {
            // As a shell reports a process that SIGINT ended.
            throw CommandFailure.interrupted
        }
    }
}
