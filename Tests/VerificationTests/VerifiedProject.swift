import FeatureDefs
import TestSupport

/// Definitions as a user has them, with every kind of feature that a fault can hide in.
enum VerifiedProject {
    static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
          shop: {join_keys: {shop_id: string}}

        sources:
          payments:
            query: SELECT * FROM payments WHERE amount > 0
            event_timestamp: paid_at
            created_timestamp: loaded_at
            delay: 2m
          ratings: {table: ratings, event_timestamp: rated_at, delay: 10m}

        feature_views:
          card_activity:
            entities: [card]
            source: payments
            filter: "status = 'settled'"
            schedule: {every: 1h, lag: 5m}
            ttl: 1d
            features:
              last_amount: {latest: amount}
              last_country: {latest: country}
              serial: {latest: serial}
              payments_1h: {count: "*", window: 1h}
              spend_6h: {sum: amount, window: 6h}
              abroad_1d: {sum: amount, window: 1d, filter: "country <> 'DE'"}
              first_country_1d: {first: country, window: 1d}
          shop_days:
            entities: [shop]
            source: payments
            schedule: {every: 1d, lag: 0s}
            features:
              payments_1d: {count: "*", window: 1d}
              countries_2d: {distinct_count: country, window: 2d}
              largest_2d: {max: serial, window: 2d}
          shop_rating:
            entities: [shop]
            source: ratings
            ttl: 30d
            features:
              score: {latest: score}
              verdict: {latest: verdict, filter: "score >= 2.5"}

        on_demand_feature_views:
          ticket:
            request: {asked: float64, note: string, shop_id: string}  # also a join key
            features:
              asked_vs_last: "asked / nullif(card_activity.last_amount, 0)"
              comment: "case when shop_rating.score > asked then concat(note, shop_id) else upper(shop_rating.verdict) end"

        feature_services:
          fraud:
            features: [card_activity, shop_days, shop_rating, ticket]
        """

    /// - Parameter schema: where the tables are to be.
    static func plan(schema: String = "scratch", project: String = "verified") throws -> Plan {
        let parsed = parseProject([SourceFile(path: "features/verified.yaml", text: yaml)], project: project)
        let catalogue = Catalogue(sources: [
            "payments": columns([
                ("card_id", .int4), ("shop_id", .text), ("paid_at", .timestamp), ("loaded_at", .timestamptz),
                ("amount", .float8), ("country", .varchar), ("serial", .int8), ("status", .text),
            ]),
            "ratings": columns([
                ("shop_id", .varchar), ("rated_at", .timestamptz), ("score", .float8), ("verdict", .text),
            ]),
        ])
        return try compile(parsed, catalogue: catalogue)
    }

    private static func columns(_ columns: [(name: String, storage: ColumnStorage)]) -> SourceSchema {
        .columns(columns.map { CatalogueColumn(name: $0.name, storage: $0.storage, databaseType: $0.storage.description) })
    }
}
