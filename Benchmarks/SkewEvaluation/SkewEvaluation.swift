import FaultInjection
import Foundation
import LocalStack
import PostgresClient
import RedisClient
import SkewChecker

/// Writes docs/skew-evaluation.md to standard output: `make skew-evaluation`. The argument is the number of requests in a run.
@main
enum SkewEvaluation {
    private static let cleanSeeds: UInt64 = 20

    static func main() async throws {
        let requests = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "asof-skew-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let stack = try LocalStack(projectRoot: folder.path, durability: .throwaway)
        do {
            try await stack.up()
            let lines = try await evaluation(stack, requests: requests)
            print(lines.joined(separator: "\n"))
        } catch {
            FileHandle.standardError.write(Data("skew-evaluation: \(error)\n".utf8))
            try? await stack.down()
            try? FileManager.default.removeItem(at: folder)
            exit(1)
        }
        try await stack.down()
        try FileManager.default.removeItem(at: folder)
    }

    private static func evaluation(_ stack: LocalStack, requests: Int) async throws -> [String] {
        let offline = try await PostgresConnection.connect(to: stack.offlineURL)
        let online = try await RedisConnection.connect(to: stack.onlineURL)
        var twinURL = stack.onlineURL
        twinURL.database = 1
        let twin = try await RedisConnection.connect(to: twinURL)
        func run(_ fault: Fault, seed: UInt64, requests: Int) async throws -> FaultOutcome {
            for connection in [online, twin] {
                var flush = RedisPipeline()
                flush.startCommand("FLUSHDB")
                _ = try await connection.send(flush)
            }
            let outcome = try await FaultRun(fault, seed: seed, requests: requests, offline: offline)
                .run(online: online, twin: twin)
            FileHandle.standardError.write(Data("\(fault.rawValue), seed \(seed): \(outcome.findings) findings\n".utf8))
            return outcome
        }
        var outcomes: [FaultOutcome] = []
        for fault in Fault.allCases where fault != .none {
            outcomes.append(try await run(fault, seed: 1, requests: requests))
        }
        var clean: [FaultOutcome] = []
        for seed in 1...cleanSeeds { clean.append(try await run(.none, seed: seed, requests: requests / 5)) }
        await offline.close()
        online.close()
        twin.close()
        return EvaluationPage(outcomes: outcomes, clean: clean).lines
    }
}
