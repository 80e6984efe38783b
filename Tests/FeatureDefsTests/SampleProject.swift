@testable import FeatureDefs

/// DESIGN §3's example, and shorthands to compile variants of it.
enum SampleProject {
    static let text = """
        entities:
          card:     {join_keys: {card_id: int64}, description: A payment card}
          merchant: {join_keys: {merchant_id: string}}

        sources:
          transactions:
            table: transactions
            event_timestamp: occurred_at
            created_timestamp: ingested_at
            delay: 0s

        feature_views:
          card_activity:
            entities: [card]
            source: transactions
            filter: "status = 'settled'"
            schedule: {every: 1h, lag: 5m}
            ttl: 30d
            owner: risk@example.com
            tags: {tier: gold}
            features:
              last_amount:     {latest: amount}
              txn_count_7d:    {count: "*", window: 7d}
              spend_7d:        {sum: amount, window: 7d}
              abroad_spend_7d: {sum: amount, window: 7d, filter: "country <> home_country"}

        on_demand_feature_views:
          ticket_ratio:
            request: {amount: float64}
            features:
              amount_vs_usual: "amount / nullif(card_activity.spend_7d / card_activity.txn_count_7d, 0)"

        feature_services:
          fraud_v1:
            features: [card_activity, ticket_ratio.amount_vs_usual]
            log: {sample: 1.0}

        """

    static let columns: [CatalogueColumn] =
        [
            ("card_id", .int8, "bigint"), ("merchant_id", .text, "text"), ("amount", .float8, "double precision"),
            ("status", .text, "text"), ("country", .text, "text"), ("home_country", .bpchar, "character(2)"),
            ("occurred_at", .timestamptz, "timestamp with time zone"), ("ingested_at", .timestamptz, "timestamp with time zone"),
            ("is_chip", .bool, "boolean"), ("price", .numeric, "numeric(12,2)"), ("small", .float4, "real"),
            ("pos", nil, "point"),
            ("quantity", .int4, "integer"), ("token", .uuid, "uuid"), ("digest", .bytea, "bytea"), ("booked_on", .date, "date"),
            ("Mixed Case", .int2, "smallint"), ("labels", .array(.text), "text[]"), ("embedding", .array(.float4), "real[]"),
        ].map { CatalogueColumn(name: $0, storage: $1, databaseType: $2) }

    static let catalogue = Catalogue(sources: ["transactions": .columns(columns)])

    static func compiled(
        _ text: String = text, path: String = "features/fraud.yaml", catalogue: Catalogue = catalogue
    ) throws(Diagnostics) -> Plan {
        try compile(parseProject([SourceFile(path: path, text: text)], project: "demo"), catalogue: catalogue)
    }

    /// The text of what is wrong with a project; empty when nothing is.
    static func complaint(
        _ files: [SourceFile], catalogue: Catalogue = catalogue, constantChecker: ConstantChecker? = nil
    ) -> String {
        do throws(Diagnostics) {
            _ = try compile(parseProject(files, project: "demo"), catalogue: catalogue, constantChecker: constantChecker)
            return ""
        } catch {
            return error.description
        }
    }

    /// A project whose one feature is `latest` of an expression over the sample's columns.
    static func withExpression(_ expression: String) -> String {
        """
        entities: {card: {join_keys: {card_id: int64}}}
        sources: {transactions: {table: transactions, event_timestamp: occurred_at}}
        feature_views:
          v:
            entities: [card]
            source: transactions
            features:
              f: {latest: "\(expression.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))"}

        """
    }
}
