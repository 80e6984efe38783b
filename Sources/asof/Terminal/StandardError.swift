import Foundation

/// Standard error, for everything that is not the command's result.
enum StandardError {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// One line, such as a warning or what has been done.
    static func line(_ text: String) { write(text + "\n") }
}

/// What the process does when whoever reads its output goes away.
enum OutputPipe {
    /// A closed socket or pipe must be an error where it is written, not the end of the process.
    static func ignoreSignals() async {
        signal(SIGPIPE, SIG_IGN)
    }
}
