import Foundation
import Glibc

/// A process found by a number in a file, once it is certain to be the server that wrote it.
///
/// Numbers are used again: after a crash the file may name anybody. Both servers make their data directory their working
/// directory, and the kernel tells us that.
struct ServerProcess: Sendable, Hashable {
    let identifier: pid_t
    private let name: String
    private let directory: String

    /// nil unless the process is alive, has this name, and works in `directory`.
    init?(identifier: pid_t, name: String, directory: String) {
        guard identifier > 1 else { return nil }
        self.identifier = identifier
        self.name = name
        self.directory = directory
        guard isAlive else { return nil }
    }

    /// Reads the number from the file's first line.
    init?(file: String, name: String, directory: String) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).first,
            let identifier = pid_t(line.trimmingCharacters(in: .whitespaces))
        else { return nil }
        self.init(identifier: identifier, name: name, directory: directory)
    }

    /// False for a zombie, whose working directory is gone.
    var isAlive: Bool {
        guard let comm = try? String(contentsOfFile: "/proc/\(identifier)/comm", encoding: .utf8),
            comm.trimmingCharacters(in: .newlines) == name,
            let link = realpath("/proc/\(identifier)/cwd", nil)
        else { return false }
        defer { free(link) }
        return String(cString: link) == directory
    }

    /// Sends each signal in turn, with the time it has to work, until the process is gone.
    func stop(_ signals: [(signal: Int32, patience: Duration)]) async throws {
        for (signal, patience) in signals {
            guard kill(identifier, signal) == 0 || errno == ESRCH else {
                throw LocalStackError(.serverFailed, "cannot stop process \(identifier): \(String(cString: strerror(errno)))")
            }
            let deadline = ContinuousClock.now + patience
            while ContinuousClock.now < deadline {
                // One of our own children would stay a zombie.
                waitpid(identifier, nil, WNOHANG)
                if !isAlive { return }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        throw LocalStackError(.serverFailed, "process \(identifier) (\(name)) does not end")
    }
}
