import Foundation
import TestSupport
import Testing

/// A running `asof serve`, and curl to ask it.
struct ServeProcess {
    struct Answer {
        /// 0 when there was no answer at all.
        let status: Int
        let body: String
    }

    /// `http://127.0.0.1:1234`
    let url: String
    private let process: Process
    private let errors: URL

    /// Waits until the server says where it serves.
    init(_ process: Process, errors: URL) async throws {
        self.process = process
        self.errors = errors
        var url: String?
        while url == nil, process.isRunning {
            let text = try String(contentsOf: errors, encoding: .utf8)
            if let range = text.range(of: "https?://[0-9.]+:[0-9]+\n", options: .regularExpression) {
                url = String(text[range].dropLast())
            } else {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let said = try String(contentsOf: errors, encoding: .utf8)
        self.url = try #require(url, "\(said)")
    }

    var port: String { String(url.split(separator: ":").last ?? "") }
    var processID: Int32 { process.processIdentifier }

    var log: String {
        get throws { try String(contentsOf: errors, encoding: .utf8) }
    }

    func send(signal number: Int32) { kill(process.processIdentifier, number) }

    /// Ends it as a service manager does, and tells its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: errors)
        return process.terminationStatus
    }

    /// One request by curl, with further arguments of curl's.
    func ask(_ path: String, _ arguments: String...) throws -> Answer {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/env")
        curl.arguments = ["curl", "--silent", "--max-time", "20", "--write-out", "\n%{http_code}"] + arguments + [url + path]
        let pipe = Pipe()
        curl.standardOutput = pipe
        curl.standardError = FileHandle.nullDevice
        try curl.runAlone()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        curl.waitUntilExit()
        let lastLine = try #require(output.lastIndex(of: "\n"))
        return Answer(status: Int(output[output.index(after: lastLine)...]) ?? 0, body: String(output[..<lastLine]))
    }
}
