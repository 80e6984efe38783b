import Evaluation
import FeatureDefs
import OfflineStore
import Oracle
import PostgresClient
import TestSupport
import Testing
import Verification

/// That the random stores are what the oracle takes them for.
@Suite struct ExpressionStoreTests {
    @Test func randomStoresCompileAndTheOracleAnswers() throws {
        var seen = (values: 0, nulls: 0, tooOld: 0, inexact: 0, errors: 0)
        for seed in 0..<60 as Range<UInt64> {
            let store = RandomStore(
                seed: seed, options: .init(isServable: seed % 2 == 0, hasFailingOnDemandFeatures: seed % 3 == 0))
            let selection: FeatureSelection
            do {
                selection = try store.selection()
            } catch let diagnostics as Diagnostics {
                Issue.record("seed \(seed): \(DiagnosticRenderer().text(diagnostics))")
                continue
            }
            let oracle = NaiveTraining(selection, rows: store.naiveRows)
            var random = SeededGenerator(seed: seed)
            let spine = RandomSpine(for: selection, of: store, random: &random)
            for index in spine.rows.indices {
                for knowledge in KnowledgeMode.allCases {
                    let row = try oracle.features(spine: spine.naiveRow(index), at: spine.time(index), knowledge: knowledge)
                    for result in row {
                        switch result {
                        case .failure: seen.errors += 1
                        case .success(let feature):
                            if feature.value.isNull { seen.nulls += 1 } else { seen.values += 1 }
                            if feature.isBeyondTTL { seen.tooOld += 1 }
                            if feature.tolerance != nil { seen.inexact += 1 }
                        }
                    }
                }
            }
        }
        #expect(
            seen.values > 20_000 && seen.nulls > 5000 && seen.tooOld > 300 && seen.inexact > 500 && seen.errors > 50, "\(seen)")
    }

    @Test func aStoredRowReadsAsTheOracleHasIt() async throws {
        let store = RandomStore(seed: 11)
        let connection = try await PostgresConnection.connect(
            to: TestStack.shared().freshDatabase("rows"), settings: [("TimeZone", "America/New_York")])
        try await store.create(in: connection)
        // The text of timestamps, as the test reads them.
        try await connection.execute("SET TimeZone = 'UTC'")
        for table in store.tables {
            for (index, column) in table.columns.enumerated() {
                let reference = ColumnReference(name: column.name, storage: column.storage)
                let value = try reference.expression(of: nil)
                let sql: SQLFragment = "SELECT (\(value))::text FROM \(try SQLIdentifier(table.name))"
                let found = try await connection.execute(sql.text).rows.map { row in
                    row[0].flatMap { FeatureValue(parsing: $0, as: column.storage.featureType) } ?? .null
                }
                #expect(found == table.rows.map { $0[index] }, "column \(column.name)")
            }
        }
        await connection.close()
    }
}
