import Foundation
import LocalStack
import PostgresClient
import RedisClient

/// Measures `asof skew` on a log that was really served: `make bench-skew`. Writes docs/skew-benchmark.md to standard output.
///
///     skew-benchmark PATH-OF-ASOF [REQUESTS ...]
@main
enum SkewBenchmark {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard !arguments.isEmpty else {
            FileHandle.standardError.write(Data("usage: skew-benchmark PATH-OF-ASOF [REQUESTS ...]\n".utf8))
            exit(2)
        }
        let asof = URL(filePath: arguments.removeFirst()).standardizedFileURL
        let sizes = arguments.isEmpty ? [50_000, 1_000_000] : arguments.compactMap { Int($0) }
        var lines = [
            "# How long a skew check takes", "",
            "Written by `make bench-skew`: `asof skew` (release) on a log of a day of requests for \(BenchWorld.features) features of "
                + "three views, served through the real materializer, Redis, lookup and log, over \(BenchWorld.events) source rows, "
                + "\(BenchWorld.accounts) accounts and \(BenchWorld.shops) shops. \(ProcessInfo.processInfo.activeProcessorCount) cores; "
                + "Postgres runs on them too. Memory is the most that the asof process held.", "",
            "| requests | values | of one feature broken | seconds | values a second | memory, MB | verdict's exit code |",
            "|---|---|---|---|---|---|---|",
        ]
        for size in sizes {
            for broken in [0, 1] {
                let measured = try await measure(asof, requests: size, broken: broken)
                let values = size / BenchWorld.hours * BenchWorld.hours * BenchWorld.features
                lines.append(
                    "| \(size / BenchWorld.hours * BenchWorld.hours) | \(values) | \(broken) % | "
                        + "\(Double(Int(measured.seconds * 10)) / 10) | \(Int(Double(values) / measured.seconds)) | "
                        + "\(measured.kilobytes / 1024) | \(measured.exitCode) |")
                FileHandle.standardError.write(Data((lines[lines.count - 1] + "\n").utf8))
            }
        }
        print(lines.joined(separator: "\n"))
    }

    struct Measured {
        let seconds: Double
        let kilobytes: Int
        let exitCode: Int32
    }

    private static func measure(_ asof: URL, requests: Int, broken: Int) async throws -> Measured {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "asof-skew-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let stack = try LocalStack(projectRoot: folder.path, durability: .throwaway)
        let result: Result<Measured, any Error>
        do {
            try await stack.up()
            result = .success(try await measure(asof, requests: requests, broken: broken, stack, folder))
        } catch {
            result = .failure(error)
        }
        try? await stack.down()
        try? FileManager.default.removeItem(at: folder)
        return try result.get()
    }

    private static func measure(
        _ asof: URL, requests: Int, broken: Int, _ stack: LocalStack, _ folder: URL
    ) async throws -> Measured {
        let offline = try await PostgresConnection.connect(to: stack.offlineURL)
        let online = try await RedisConnection.connect(to: stack.onlineURL)
        let world = BenchWorld(offline: offline, online: online)
        try await world.createSource()
        try await world.serve(requests, broken: broken, try await world.apply())
        await offline.close()
        online.close()
        let project = folder.appending(path: "project")
        try FileManager.default.createDirectory(at: project.appending(path: "features"), withIntermediateDirectories: true)
        try Data("project: \(BenchWorld.project)\nfeatures: features\n".utf8).write(to: project.appending(path: "asof.yaml"))
        try Data(BenchWorld.definitions.utf8).write(to: project.appending(path: "features/bench.yaml"))
        return try await run(asof, in: project, stack)
    }

    private static func run(_ asof: URL, in project: URL, _ stack: LocalStack) async throws -> Measured {
        let process = Process()
        process.executableURL = asof
        process.arguments = ["skew", "--report", project.appending(path: "report").path]
        process.currentDirectoryURL = project
        process.environment = ProcessInfo.processInfo.environment.merging([
            "ASOF_OFFLINE_URL": "\(stack.offlineURL)", "ASOF_ONLINE_URL": "\(stack.onlineURL)",
        ]) { $1 }
        process.standardOutput = FileHandle.standardError
        let start = ContinuousClock.now
        try process.run()
        var most = 0
        while process.isRunning {
            try await Task.sleep(for: .milliseconds(50))
            most = max(most, highWater(of: process.processIdentifier))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Measured(seconds: seconds, kilobytes: most, exitCode: process.terminationStatus)
    }

    /// `VmHWM` of /proc/PID/status: the most that was resident, in kilobytes.
    private static func highWater(of process: Int32) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
