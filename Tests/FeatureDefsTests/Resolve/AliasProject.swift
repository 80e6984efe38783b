@testable import FeatureDefs

/// Flights: one view read for two airports, and one of no entity.
enum AliasProject {
    static let text = """
        entities:
          airport: {join_keys: {airport: string}}
          carrier: {join_keys: {carrier: int64}}

        sources:
          flights: {table: flights, event_timestamp: departed_at}

        feature_views:
          delays:
            entities: [airport]
            source: flights
            features:
              last: {latest: minutes}
              late: {count: "*", window: 7d}
          carriers:
            entities: [airport, carrier]
            source: flights
            features:
              last: {latest: minutes}
          network:
            entities: []
            source: flights
            features:
              worst: {max: minutes, window: 1d}

        on_demand_feature_views:
          route:
            views:
              here: {view: delays, keys: {airport: origin}}
              there: {view: delays, keys: {airport: destination}}
            request: {seats: int64}
            features:
              gap: "here.last - there.last + seats"

        feature_services:
          s:
            features:
              - {view: delays, as: from, keys: {airport: origin}}
              - {view: delays, as: to, keys: {airport: destination}}
              - {feature: network.worst, as: worst_of_all}
              - route

        """

    static let catalogue = Catalogue(sources: [
        "flights": .columns([
            CatalogueColumn(name: "airport", storage: .text, databaseType: "text"),
            CatalogueColumn(name: "carrier", storage: .int8, databaseType: "bigint"),
            CatalogueColumn(name: "minutes", storage: .int8, databaseType: "bigint"),
            CatalogueColumn(name: "departed_at", storage: .timestamptz, databaseType: "timestamp with time zone"),
        ])
    ])

    static func replacing(_ old: String, with new: String) -> String {
        precondition(text.contains(old), "the project has no `\(old)`")
        return text.replacing(old, with: new)
    }

    static func compiled(_ text: String = text) throws(Diagnostics) -> Plan {
        try SampleProject.compiled(text, catalogue: catalogue)
    }

    static func complaint(_ text: String) -> String {
        SampleProject.complaint([SourceFile(path: "features/flights.yaml", text: text)], catalogue: catalogue)
    }
}
