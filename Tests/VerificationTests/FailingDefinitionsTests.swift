import FeatureDefs
import Testing
import Verification

/// Definitions whose expressions fail on some rows: every way fails exactly when the oracle does.
@Suite struct FailingDefinitionsTests {
    private static func plan(_ features: String, limit: String = "") throws -> Plan {
        let yaml = """
            entities:
              card: {join_keys: {card_id: int64}}
            sources:
              payments: {table: payments, event_timestamp: paid_at, created_timestamp: loaded_at}
            feature_views:
              v:
                entities: [card]
                source: payments
                schedule: {every: 1h, lag: 5m}
                \(limit)
                features: {\(features)}
            """
        let columns: [(String, ColumnStorage)] = [
            ("card_id", .int8), ("paid_at", .timestamptz), ("loaded_at", .timestamptz), ("amount", .float8), ("quantity", .int8),
            ("seen_at", .timestamptz),
        ]
        return try compile(
            parseProject([SourceFile(path: "v.yaml", text: yaml)], project: "failing"),
            catalogue: Catalogue(sources: [
                "payments": .columns(columns.map { CatalogueColumn(name: $0.0, storage: $0.1, databaseType: $0.1.description) })
            ]))
    }

    @Test(arguments: [
        "f: {latest: 10 % quantity}",
        "f: {latest: amount / quantity}",
        "f: {latest: ln(amount)}",
        "f: {sum: 10 % quantity, window: 1h}",
        "f: {sum: quantity, window: 1h}",
        "f: {count: \"*\", window: 1h, filter: \"10 % quantity = 0\"}, g: {count: \"*\", window: 1d}",
        "f: {latest: amount, filter: \"10 % quantity = 0\"}",
        "f: {first: quantity * 2, window: 1h}, g: {mean: quantity + 1, window: 1d}",
        "f: {max: extract(year from seen_at), window: 1d}",
        "f: {distinct_count: exp(amount), window: 1h}",
        "f: {count: \"*\", window: 1h}, g: {latest: 10 % quantity}",
    ])
    func everyWayFailsWhenTheOracleDoes(features: String) async throws {
        for (seed, limit) in [(1, ""), (2, "ttl: 2h"), (3, "filter: \"12 % quantity < 9\"")] as [(UInt64, String)] {
            let report = try await VerificationBench.verify(try Self.plan(features, limit: limit), seed: seed, runs: 8)
            if report.finding != nil { Issue.record("\(features) \(limit): \(report.shown)") }
        }
    }
}
