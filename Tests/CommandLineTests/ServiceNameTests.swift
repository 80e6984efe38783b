import Foundation
import Testing

/// A service that reads one view for two entities, a view of no entity, and defaults: from apply to get.
@Suite struct ServiceNameTests {
    private static let definitions = """
        feature_views:
          recent:
            entities: [customer]
            source: orders
            schedule: {every: 1h, lag: 5m}
            ttl: 1d
            features:
              price: {latest: amount, default: -1}
              spent: {sum: amount, window: 1d, default: 0}
          shop:
            entities: []
            source: orders
            schedule: {every: 1h, lag: 5m}
            features:
              orders_ever: {count: "*", window: 30000d}
              newest: {latest: amount}

        on_demand_feature_views:
          gift:
            views:
              giver: {view: recent, keys: {customer_id: giver_id}}
              taker: {view: recent, keys: {customer_id: taker_id}}
            features:
              more_than_taker: "giver.price - taker.price"

        feature_services:
          gifts_v1:
            features:
              - {view: recent, as: from, keys: {customer_id: giver_id}}
              - {feature: recent.spent, as: takers_spent, keys: {customer_id: taker_id}}
              - shop
              - gift
          shop_v1:
            features: [shop]

        """

    private func project() async throws -> AsofProcess {
        let asof = try await AsofProcess()
        try asof.write(Self.definitions, to: "features/gifts.yaml")
        let applied = try await asof.run("apply")
        try #require(applied.code == 0, "\(applied.error)")
        return asof
    }

    @Test func trainingReadsTheSpinesColumnsByTheServicesNames() async throws {
        let asof = try await project()
        defer { asof.remove() }
        try asof.write(
            """
            giver_id,taker_id,event_timestamp
            1,2,2024-03-02T13:00:00Z
            1,2,2024-03-02T12:05:00Z
            2,1,2024-03-04T04:00:00Z
            ,7,2024-03-04T04:00:00Z
            1,1,1999-01-01T00:00:00Z

            """, to: "gifts.csv")
        let train = ["train", "--service", "gifts_v1", "--spine", "gifts.csv", "-o", "out.csv"]
        let trained = try await asof.run(train)
        #expect(trained.code == 0, "\(trained.error)")
        // The second row's instant: the taker's order of 12:00 is seen from 12:05 on; customer 1's is older than a day at 09:01 only.
        let header = "giver_id,taker_id,event_timestamp,from__price,from__spent,takers_spent,orders_ever,newest,more_than_taker"
        #expect(
            try asof.text(of: "out.csv") == header + """

                1,2,2024-03-02T13:00:00Z,-1,0,12,2,12,-13
                1,2,2024-03-02T12:05:00Z,-1,0,12,2,12,-13
                2,1,2024-03-04T04:00:00Z,-1,0,35.5,3,35.5,-36.5
                ,7,2024-03-04T04:00:00Z,-1,0,0,3,35.5,0
                1,1,1999-01-01T00:00:00Z,-1,0,0,0,,0

                """)
        let full = try await asof.run(train + ["--full-feature-names"])
        #expect(full.code == 0)
        let fullHeader = try asof.text(of: "out.csv").prefix { !$0.isNewline }
        #expect(
            fullHeader == "giver_id,taker_id,event_timestamp,from__price,from__spent,takers_spent,shop__orders_ever,"
                + "shop__newest,gift__more_than_taker")
        try asof.write("customer_id,taker_id,event_timestamp\n1,2,2024-03-02T13:00:00Z\n", to: "gifts.csv")
        let lacking = try await asof.run(train)
        #expect(lacking.code == 2 && lacking.error.contains("the spine has no column `giver_id`"), "\(lacking.error)")
    }

    @Test func aLookupTakesTheServicesColumns() async throws {
        let asof = try await project()
        defer { asof.remove() }
        #expect(try await asof.run("materialize", "--at", "2024-03-04T04:00:00Z").code == 0)
        let got = try await asof.run("get", "--service", "gifts_v1", "--keys", "giver_id=7", "taker_id=1")
        #expect(got.code == 0, "\(got.error)")
        let rows = got.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3).map(String.init) }
        // The defaults by their statuses: nobody has the number 7, and customer 1's price is from long ago.
        #expect(
            rows.dropFirst() == [
                ["from.price", "-1.0", "NOT_FOUND"], ["from.spent", "0.0", "NOT_FOUND"], ["takers_spent", "35.5", "PRESENT"],
                ["shop.orders_ever", "3", "PRESENT"], ["shop.newest", "35.5", "PRESENT"],
                ["gift.more_than_taker", "0.0", "PRESENT"],
            ])
        let shop = try await asof.run("get", "--service", "shop_v1")
        #expect(shop.code == 0 && shop.output.contains("shop.orders_ever  3      PRESENT"), "\(shop.output) \(shop.error)")
        let wrong = try await asof.run("get", "--service", "gifts_v1", "--keys", "customer_id=1")
        #expect(
            wrong.code == 2
                && wrong.error.contains("takes no `customer_id`; write --keys giver_id=<int64> taker_id=<int64>"),
            "\(wrong.error)")
    }

    @Test func whatThereIsIsDescribed() async throws {
        let asof = try await project()
        defer { asof.remove() }
        let service = try await asof.run("describe", "gifts_v1")
        #expect(service.output.contains("    from.price: recent.price by giver_id\n"), "\(service.output)")
        #expect(service.output.contains("    takers_spent: recent.spent by taker_id\n"))
        let view = try await asof.run("describe", "shop")
        #expect(view.output.contains("none: one value for everybody"), "\(view.output)")
        let recent = try await asof.run("describe", "recent")
        #expect(recent.output.contains("latest amount, or -1.0 when missing"), "\(recent.output)")
        #expect(try await asof.run("list").code == 0)
        // Estimates for a view that was never materialized, and has no keys to count.
        try asof.write(Self.definitions.replacing("30000d", with: "30001d"), to: "features/gifts.yaml")
        let plan = try await asof.run("plan")
        #expect(plan.code == 2 && plan.output.contains("shop: 1 keys"), "\(plan.output) \(plan.error)")
        let compiled = try await asof.run("compile", "--service", "gifts_v1")
        #expect(
            compiled.output.contains("-- recent by giver_id, at each distinct (keys, cut) of the spine"),
            "\(compiled.error)")
    }
}
