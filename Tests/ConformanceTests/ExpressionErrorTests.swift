import Evaluation
import FeatureDefs
import OfflineStore
import PostgresClient
import TestSupport
import Testing
import Verification

/// The one meaning of an expression that has no value, as docs/reference.md has it: an error, and the same one both ways.
@Suite struct ExpressionErrorTests {
    @Test(arguments: EvaluationError.allCases)
    func whatHasNoValueIsTheSameErrorInSwiftAndPostgres(_ error: EvaluationError) async throws {
        let connection = try await PostgresConnection.connect(to: TestStack.shared().postgresURL)
        for example in error.examples {
            let expression = try compiled(example)
            let program = CompiledExpression(expression, slots: { _ in 0 })
            #expect(throws: error, "\(example.expression)") { try program.evaluate([example.value]) }
            // A guard guards.
            let guarded = TypedExpression<ColumnReference>(
                .conditional(
                    [.init(condition: TypedExpression(.literal(.bool(false)), type: .bool), value: expression)], otherwise: nil),
                type: expression.type)
            #expect(try CompiledExpression(guarded, slots: { _ in 0 }).evaluate([example.value]).isNull)

            let name = try SQLIdentifier(example.column.name)
            let value = PostgresText.copyLine([(example.value, example.column.storage)])
            try await connection.execute("DROP TABLE IF EXISTS pg_temp.one")
            try await connection.execute(
                "CREATE TEMPORARY TABLE one (\(name.quoted) \(PostgresText.columnType(example.column.storage)))")
            try await connection.copyIn("COPY one FROM STDIN") { writer in try writer.write(value) }
            let sql = try ExpressionEmitter(columnsOf: SQLIdentifier("r")).emit(expression).fragment.text
            let raised = await #expect(throws: PostgresError.self, "\(sql)") {
                try await connection.execute("SELECT \(sql) FROM one AS r")
            }
            #expect(raised?.sqlState?.code == error.sqlState, "\(sql)")
        }
        await connection.close()
    }

    private func compiled(_ example: EvaluationError.Example) throws -> TypedExpression<ColumnReference> {
        let text = """
            entities: {k: {join_keys: {id: int64}}}
            sources: {s: {table: s, event_timestamp: e}}
            feature_views: {v: {entities: [k], source: s, features: {f: {latest: "\(example.expression)"}}}}
            """
        let columns = [
            CatalogueColumn(name: "id", storage: .int8, databaseType: "bigint"),
            CatalogueColumn(name: "e", storage: .timestamptz, databaseType: "timestamptz"),
            CatalogueColumn(name: example.column.name, storage: example.column.storage, databaseType: "t"),
        ]
        let plan = try compile(
            parseProject([SourceFile(path: "f.yaml", text: text)], project: "p"),
            catalogue: Catalogue(sources: ["s": .columns(columns)])
        ) { $0.constantError?.description }
        guard case .latest(let expression, _) = try #require(plan.featureViews.first?.features.first).computation else {
            throw NoLatest()
        }
        return expression
    }

    private struct NoLatest: Error {}
}
