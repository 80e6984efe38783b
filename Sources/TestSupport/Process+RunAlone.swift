import Foundation
import Synchronization

extension Process {
    private static let starting = Mutex(())

    /// As `run`, but never two at once in this process: a program started just then keeps the other's end of the socket by which Foundation
    /// waits for the first one's exit, and whoever waits does so until both have ended.
    package func runAlone() throws {
        try Self.starting.withLock { _ in try run() }
    }
}
