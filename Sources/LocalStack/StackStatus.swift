import Foundation
import Glibc

/// What there is of the local stack.
package struct StackStatus: Sendable, Hashable {
    package var postgres: ServerStatus
    package var redis: ServerStatus
    /// The account that Postgres runs as, when it is not our own.
    package var postgresAccount: String?
    /// Whether the data could not be in the project's folder, because that account cannot get there.
    package var isOutsideProject: Bool

    package var isRunning: Bool { postgres.isRunning && redis.isRunning }
}

/// One server of the local stack.
package struct ServerStatus: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case running(pid: Int32)
        /// The process is there and does not take requests (yet).
        case notAnswering(pid: Int32)
        case stopped
        /// `up` has not been run, or `reset` has.
        case notCreated
    }

    package var state: State
    package var url: String
    package var dataDirectory: String
    package var log: String
    /// What the data takes on disk.
    package var dataBytes: Int64

    init(state: State, url: String, dataDirectory: String, log: String) {
        self.state = state
        self.url = url
        self.dataDirectory = dataDirectory
        self.log = log
        dataBytes = Self.diskUsage(of: dataDirectory)
    }

    package var isRunning: Bool {
        switch state {
        case .running: true
        case .notAnswering, .stopped, .notCreated: false
        }
    }

    package var pid: Int32? {
        switch state {
        case .running(let pid), .notAnswering(let pid): pid
        case .stopped, .notCreated: nil
        }
    }

    private static func diskUsage(of directory: String) -> Int64 {
        guard let paths = FileManager.default.enumerator(atPath: directory) else { return 0 }
        var bytes: Int64 = 0
        for case let path as String in paths {
            var information = stat()
            // Files come and go under a running server.
            if lstat(directory + "/" + path, &information) == 0 { bytes += Int64(information.st_blocks) * 512 }
        }
        return bytes
    }
}

extension StackStatus: CustomStringConvertible {
    /// A few lines for people.
    package var description: String {
        var lines = ["postgres  \(postgres)", "redis     \(redis)"]
        if let postgresAccount { lines.append("Postgres runs as `\(postgresAccount)`, since it refuses to run as root.") }
        if isOutsideProject {
            lines.append(
                "The data is outside the project, since `\(postgresAccount ?? "Postgres")` cannot enter the project's folder.")
        }
        return lines.joined(separator: "\n")
    }
}

extension ServerStatus: CustomStringConvertible {
    package var description: String {
        let state =
            switch state {
            case .running(let pid): "running (pid \(pid))"
            case .notAnswering(let pid): "not answering (pid \(pid); see \(log))"
            case .stopped: "stopped"
            case .notCreated: "not created"
            }
        let size = dataBytes < 1 << 20 ? "\(dataBytes >> 10) KiB" : "\(dataBytes >> 20) MiB"
        return "\(state)\n          \(url)\n          \(dataDirectory), \(size)"
    }
}
