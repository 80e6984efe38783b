import Foundation

/// Redis' own client.
package enum RedisCommandLine {
    /// Returns with its exit status.
    package static func run(_ arguments: [String]) throws -> Int32 {
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments = ["redis-cli"] + arguments
        client.standardOutput = FileHandle.nullDevice
        client.standardError = FileHandle.nullDevice
        try client.runAlone()
        client.waitUntilExit()
        return client.terminationStatus
    }
}
