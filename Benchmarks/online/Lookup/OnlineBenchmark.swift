import Columnar
import FeatureDefs
import Foundation
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient
import RedisClient

/// The parts of the online benchmark that are Swift: `make bench-online` (Benchmarks/online/bench.py) calls it.
///
/// ```
/// online-benchmark keys        OFFLINE ONLINE ENTITIES                    the entities' keys, in hexadecimal; then the views' fields
/// online-benchmark lookup      OFFLINE ONLINE SERVICE ROWS TASKS SECONDS  lookups a second, by so many tasks at once
/// online-benchmark lookup-on-thread ...                                   the same, with the tasks on the connection's own thread
/// online-benchmark materialize OFFLINE ONLINE                             seconds for one full run of every view
/// ```
@main
enum OnlineBenchmark {
    static let project = "bench"
    static let entities: Int64 = 10_000

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3 else {
            print("see the head of Benchmarks/online/Lookup/OnlineBenchmark.swift")
            exit(2)
        }
        let offline = try await PostgresConnection.connect(to: PostgresURL(arguments[2]))
        let online = try await RedisConnection.connect(to: RedisURL(arguments[3]))
        let applied = try await Registry(connection: offline, project: project).latestPlan()
        switch (arguments[1], arguments.count) {
        case ("keys", 5): try printKeys(of: applied, entities: Int64(arguments[4]) ?? entities)
        case ("lookup", 8), ("lookup-on-thread", 8):
            let lookup = FeatureLookup(plan: applied.plan, ids: applied.layouts, connection: online)
            let load = LookupLoad(
                lookup: lookup, prepared: try lookup.prepare(service: arguments[4]), rows: Int(arguments[5]) ?? 1,
                tasks: Int(arguments[6]) ?? 1, seconds: Double(arguments[7]) ?? 1)
            let executor = arguments[1] == "lookup" ? nil : online.executor
            print(try await withTaskExecutorPreference(executor) { try await load.run() })
        case ("materialize", _):
            print(try await materialize(applied, from: offline, at: PostgresURL(arguments[2]), to: online))
        default: exit(2)
        }
    }

    private static func printKeys(of applied: AppliedPlan, entities: Int64) throws {
        let layouts = applied.plan.featureViews.compactMap { view in
            applied.layouts[view.name].map { OnlineViewLayout(project: project, view: view, ids: $0) }
        }
        for entity in 0..<entities {
            var key: [UInt8] = []
            _ = try layouts[0].keyEncoder.encode(into: &key) { _ in .int64(entity) }
            print(key.hexadecimal)
        }
        FileHandle.standardError.write(Data((layouts.map(\.field).joined(separator: " ") + "\n").utf8))
    }

    private static func materialize(
        _ applied: AppliedPlan, from offline: PostgresConnection, at url: PostgresURL, to online: RedisConnection
    ) async throws -> Double {
        // As the command does.
        FreedMemory.keep()
        let targets = applied.plan.featureViews.compactMap { view in
            applied.layouts[view.name].map { MaterializationTarget(view: view, ids: $0) }
        }
        let batch = MaterializationBatch(
            project: project, width: MaterializationBatch.standardWidth, online: online, observer: { _, _ in },
            connect: { try await PostgresConnection.connect(to: url) })
        let start = ContinuousClock.now
        var rows = 0
        await batch.run(targets, at: .at(.now), startedAt: .now, isFull: true, on: offline) { outcome in
            switch outcome.result {
            case .success(let run): rows += run.rowsWritten
            case .failure(let error): print("\(error)")
            }
        }
        return Double(rows) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
