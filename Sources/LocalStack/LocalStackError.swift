/// Why the local stack could not be started, stopped or looked at.
package struct LocalStackError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// A server program is not installed.
        case programMissing
        /// The project folder, or one that the stack needs, cannot be used.
        case unusableDirectory
        /// Another command has held the stack's lock for too long.
        case lockedByAnother
        /// A server or a tool of its own failed, or took too long.
        case serverFailed
    }

    package let code: Code
    /// One line that says what to do.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension LocalStackError {
    /// Whether a store could not be reached, as opposed to a fault of the machine or the project (exit code 4).
    package var isUnreachable: Bool {
        switch code {
        case .serverFailed, .lockedByAnother: true
        case .programMissing, .unusableDirectory: false
        }
    }

    static func serverSilent(_ server: String, pid: Int32, log: String) -> LocalStackError {
        LocalStackError(
            .serverFailed, "the project's \(server) (pid \(pid)) runs but does not answer; `asof local down` ends it (see \(log))"
        )
    }

    static func programMissing(_ program: String, package: String) -> LocalStackError {
        LocalStackError(.programMissing, "`\(program)` is not installed; run `apt-get install \(package)` (or `make deps`)")
    }

    static func unusableDirectory(_ path: String, _ reason: String) -> LocalStackError {
        LocalStackError(.unusableDirectory, "cannot use \(path): \(reason)")
    }

    static func serverFailed(_ server: String, log: String) -> LocalStackError {
        let lines = ServerLog.lastLines(of: log, count: 3).joined(separator: " | ")
        return LocalStackError(
            .serverFailed, "\(server) did not start: \(lines.isEmpty ? "it said nothing" : lines) (see \(log))")
    }
}
