import FeatureDefs

/// A made-up project of a given size: views of ten features each, in files of ten views, with everything that definitions can say.
struct SyntheticProject {
    static let featuresPerView = 10
    private static let viewsPerFile = 10

    let views: Int

    /// As many features as in feature views; the on-demand ones come on top.
    var features: Int { views * Self.featuresPerView }
    private var sources: Int { max(1, views / 5) }
    private var entities: Int { max(1, views / 20) }
    private var onDemandViews: Int { max(1, views / 10) }
    private var services: Int { max(1, views / 20) }

    var files: [SourceFile] {
        [SourceFile(path: "features/base.yaml", text: base), SourceFile(path: "features/services.yaml", text: serving)]
            + stride(from: 0, to: views, by: Self.viewsPerFile).map { first in
                SourceFile(
                    path: "features/views_\(first).yaml",
                    text: "feature_views:\n" + (first..<min(views, first + Self.viewsPerFile)).map(view).joined())
            }
    }

    var catalogue: Catalogue {
        let columns: [CatalogueColumn] =
            [
                ("amount", .float8), ("status", .text), ("country", .text), ("home_country", .text), ("quantity", .int4),
                ("occurred_at", .timestamptz), ("ingested_at", .timestamptz),
            ].map { (name: String, storage: ColumnStorage) in
                CatalogueColumn(name: name, storage: storage, databaseType: storage.description)
            }
        return Catalogue(
            sources: Dictionary(
                uniqueKeysWithValues: (0..<sources).map { source in
                    // Every view of a source is of the same entity.
                    let key = CatalogueColumn(name: "key_\(source % entities)", storage: .int8, databaseType: "bigint")
                    return ("source_\(source)", .columns(columns + [key]))
                }))
    }

    private var base: String {
        "entities:\n" + (0..<entities).map { "  entity_\($0): {join_keys: {key_\($0): int64}}\n" }.joined() + "sources:\n"
            + (0..<sources).map {
                """
                  source_\($0):
                    table: raw.events_\($0)
                    event_timestamp: occurred_at
                    created_timestamp: ingested_at

                """
            }.joined()
    }

    private func view(_ index: Int) -> String {
        """
          view_\(index):
            entities: [entity_\(index % sources % entities)]
            source: source_\(index % sources)
            filter: "status = 'settled' and amount > 0"
            schedule: {every: 1h, lag: 5m}
            ttl: 30d
            owner: team-\(index % 7)@example.com
            tags: {tier: gold}
            features:
              last_amount: {latest: amount}
              last_country: {latest: "lower(country)", description: Where the last payment was made}
              count_7d: {count: "*", window: 7d}
              count_30d: {count: "*", window: 30d}
              sum_7d: {sum: amount, window: 7d}
              sum_30d: {sum: amount, window: 30d}
              abroad_7d: {sum: amount, window: 7d, filter: "country <> home_country"}
              mean_7d: {mean: "amount / nullif(quantity, 0)", window: 7d}
              night_7d: {count: "*", window: 7d, filter: "extract(hour from occurred_at) < 6 or extract(hour from occurred_at) >= 22"}
              band: {latest: "case when amount > 1000 then 'high' when amount between 100 and 1000 then 'middle' else 'low' end"}

        """
    }

    private var serving: String {
        "on_demand_feature_views:\n"
            + (0..<onDemandViews).map { index in
                """
                  ratio_\(index):
                    request: {amount: float64}
                    features:
                      vs_usual: "amount / nullif(view_\(index).sum_7d / view_\(index).count_7d, 0)"
                      vs_mean: "coalesce(amount - view_\(index * 10).mean_7d, 0.0)"

                """
            }.joined() + "feature_services:\n"
            + (0..<services).map { index in
                "  service_\(index): {features: [view_\(index), view_\(index + services), ratio_\(index % onDemandViews).vs_usual]}\n"
            }.joined()
    }
}
