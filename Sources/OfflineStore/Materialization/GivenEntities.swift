import FeatureDefs
import PostgresClient

/// Entities handed to the query of a materialization: their keys are the transaction's settings, one array for each join key,
/// since the COPY that reads the query takes no parameters.
///
/// ```sql
/// FROM unnest(current_setting('asof.key_1')::text[], current_setting('asof.key_2')::text[]) AS "g"("asof_key_1", "asof_key_2")
/// ```
struct GivenEntities {
    private let view: FeatureViewPlan

    init(of view: FeatureViewPlan) {
        self.view = view
    }

    private static let alias = "g"
    private static func setting(_ index: Int) -> String { "asof.key_\(index + 1)" }

    /// Makes the keys those of the transaction.
    func stage(_ keys: [[FeatureValue]], on connection: PostgresConnection) async throws {
        for index in view.joinKeys.indices {
            let texts = FeatureList(keys.map { $0[index].postgresText.map { .string($0) } ?? .null }, of: .string)
            try await connection.execute("SELECT set_config($1, $2, true)", [.text(Self.setting(index)), .text(texts.text)])
        }
    }

    /// `"g"."asof_key_1"::int8 AS "asof_key_1"`
    func keys() throws(PostgresError) -> [SQLFragment] {
        var keys: [SQLFragment] = []
        for (index, key) in view.joinKeys.enumerated() {
            let name = try SQLIdentifier(SpineTable.keyColumn(index))
            keys.append("\(try SQLIdentifier(Self.alias)).\(name)::\(key.type.sqlType) AS \(name)")
        }
        return keys
    }

    /// Nothing for a view of no entity, which has one value for everybody.
    func relation() throws(PostgresError) -> SQLFragment {
        guard !view.joinKeys.isEmpty else { return "" }
        var arrays: [SQLFragment] = []
        for index in view.joinKeys.indices {
            let setting = SQLLiteral(.string(Self.setting(index)), type: .string)
            arrays.append("current_setting(\(setting))::text[]")
        }
        let names = try SpineTable.keyNames(of: view).joined()
        return "\n    FROM unnest(\(arrays.joined())) AS \(try SQLIdentifier(Self.alias))(\(names))"
    }
}
