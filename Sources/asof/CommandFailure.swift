import ArgumentParser

/// Why a command ends without having done its work: one line for the user, and the exit code of DESIGN §5.
struct CommandFailure: Error {
    enum Kind: Int32 {
        /// The check that was asked for failed.
        case checkFailed = 1
        /// Wrong usage, definitions or input.
        case usage = 2
        case inconclusive = 3
        /// A store could not be reached.
        case unreachable = 4
        /// Ended by Ctrl-C or SIGTERM.
        case interrupted = 130
    }

    let kind: Kind
    /// Says what is wrong and what to do next; empty when a report has said it already.
    let message: String

    static func usage(_ message: String) -> Self { Self(kind: .usage, message: message) }
    static func unreachable(_ message: String) -> Self { Self(kind: .unreachable, message: message) }
    static let interrupted = Self(kind: .interrupted, message: "interrupted; nothing was left half-written")
    static let checkFailed = Self(kind: .checkFailed, message: "")
    static let inconclusive = Self(kind: .inconclusive, message: "")
}
