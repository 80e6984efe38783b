import Columnar
import FeatureDefs
import PostgresClient
import Synchronization
import TestSupport
import Testing

@testable import OfflineStore

/// While merge reads, it tells how many rows have come of all that there are, by whatever way they come.
@Suite struct ReadingProgressTests {
    private actor Nowhere: TrainingRowSink {
        func begin(_ schema: TrainingSchema) {}
        func append(_ batch: ColumnTable) {}
    }

    private final class Log: Sendable {
        let reports = Mutex<[(rows: Int, total: Int?)]>([])
    }

    @Test(arguments: [(false, nil), (true, nil), (false, 1 << 20)] as [(isWhole: Bool, memoryBytes: Int?)])
    func rowsOfBothSidesAreCounted(isWhole: Bool, memoryBytes: Int?) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("progress"))
        try await connection.executeScript(WholeTablesTests.tables)
        // A row that is shorter than the others.
        try await connection.executeScript("UPDATE tx SET amount = NULL WHERE amount = 7; ANALYZE tx, spine")
        let parsed = parseProject([SourceFile(path: "features/v.yaml", text: WholeTablesTests.yaml)], project: "p")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: try #require(plan.service(named: "all"))), spine: .table(["spine"]),
            timestampColumn: "event_timestamp", knowledge: .asServed, usesFullFeatureNames: false, memoryBytes: memoryBytes)
        let choice = try await StrategyChooser(connection: connection).choose(request)
        #expect(abs(choice.statistics.rowsToRead - 120_000) < 2000)
        let log = Log()
        let outcome = try await connection.transaction(isolation: .repeatableRead) {
            let whole = WholeTables(connection: connection, request: request, statistics: choice.statistics)
            let tables = isWhole ? try await whole.choose() : []
            #expect(tables.isEmpty == !isWhole)
            return try await MergeJoin(
                request: request,
                observer: { stage, rows, total in
                    if stage == "reading" { log.reports.withLock { $0.append((rows, total)) } }
                },
                tables: tables, expectedRows: choice.statistics.rowsToRead
            ).run(on: connection, into: Nowhere())
        }
        #expect(outcome.rows == 60_000)
        let reports = log.reports.withLock { $0 }
        #expect(reports.count > 10)
        #expect(reports.map(\.rows).max() == 120_000)
        #expect(reports.allSatisfy { $0.total == choice.statistics.rowsToRead })
        await connection.close()
    }
}
