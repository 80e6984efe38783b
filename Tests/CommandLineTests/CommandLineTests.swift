import Foundation
import Testing

/// The command line as users meet it: what it prints, what it leaves, and its exit code.
@Suite struct CommandLineTests {
    /// Of the example's spine, which has four.
    private static let tooFewRows =
        "asof: warning: the leak check could not tell whether a feature alone tells `label`: one of its values has 2 rows, of 10 that it takes\n"

    @Test func theExampleProjectWorksFromApplyToGet() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let applied = try await asof.run("apply")
        #expect(applied.code == 0 && applied.output.contains("Applied plan"), "\(applied.error)")
        let again = try await asof.run("apply")
        #expect(again.code == 0 && again.output.contains("Nothing to change"))
        let trained = try await asof.run("train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "train.csv")
        #expect(trained.code == 0 && trained.error == Self.tooFewRows, "\(trained.error)")
        #expect(
            try asof.text(of: "train.csv") == """
                customer_id,event_timestamp,basket,label,last_amount,order_count_30d,spend_30d,basket_vs_last
                1,2024-03-02T00:00:00Z,25.0,0,20,1,20,1.25
                1,2024-03-03T20:00:00Z,50.0,1,20,1,20,2.5
                1,2024-03-04T04:00:00Z,50.0,1,35.5,2,55.5,1.408450704225352
                2,2024-03-04T04:00:00Z,10.0,0,12,1,12,0.8333333333333334

                """
        )
        #expect(try asof.text(of: "train.csv.manifest.json").contains("\"knowledge\" : \"as_served\""))
        let early = try await asof.run("get", "--service", "orders_v1", "--keys", "customer_id=1", "--request", "basket=71")
        #expect(
            early.error == "asof: note: `customer_orders` has never been materialized; run `asof materialize customer_orders`\n")
        let materialized = try await asof.run("materialize")
        #expect(materialized.code == 0 && materialized.output.hasSuffix(": 2 rows written\n"), "\(materialized.error)")
        let got = try await asof.run("get", "--service", "orders_v1", "--keys", "customer_id=1", "--request", "basket=71")
        #expect(
            got.code == 0 && got.error.isEmpty && got.output.contains("basket.basket_vs_last            2.0    PRESENT"),
            "\(got.output)")
        let skew = try await asof.run("skew")
        #expect(skew.code == 3 && skew.output.hasPrefix("INCONCLUSIVE: nothing was logged"))
    }

    @Test func everyMistakeOfTheDefinitionsIsShownAndNothingIsApplied() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(
            definitions.replacing("sum: amount", with: "sum: amuont").replacing(
                "{latest: amount}", with: "{latest: amount + 'x'}"),
            to: "features/orders.yaml"
        )
        let applied = try await asof.run("apply")
        #expect(applied.code == 2)
        #expect(applied.error.contains("did you mean `amount`?") && applied.error.contains("features/orders.yaml:27:"))
        #expect(applied.error.hasSuffix("2 mistakes\n"), "\(applied.error)")
        let materialized = try await asof.run("materialize")
        #expect(materialized.code == 2 && materialized.error.contains("run `asof apply`"))
    }

    /// A constant that fails always is a mistake of the definitions, not of each row.
    @Test func aConstantThatFailsIsRefused() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions.replacing("{latest: amount}", with: "{latest: amount + 1 % 0}"), to: "features/orders.yaml")
        let applied = try await asof.run("apply")
        #expect(applied.code == 2 && applied.error.contains("division by zero"), "\(applied.error)")
    }

    @Test(arguments: [
        ["train", "--service", "nothing", "--spine", "spine.csv", "-o", "out.csv"],
        ["train", "--service", "orders_v1", "--spine", "absent.csv", "-o", "out.csv"],
        ["train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "out.xlsx"],
        ["train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "out.csv", "--knowledge", "all"],
        ["train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "nowhere/out.csv"],
        ["train", "--service", "orders_v1"],
        ["skew", "--since", "yesterday"],
        ["materialize", "--at", "2999-01-01"],
        ["frobnicate"],
    ])
    func wrongUsageExitsWith2AndWritesNothing(arguments: [String]) async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let outcome = try await asof.run(arguments)
        #expect(outcome.code == 2, "\(outcome.output) \(outcome.error)")
        #expect(!outcome.error.isEmpty && outcome.output.isEmpty)
        #expect(!asof.exists("out.csv"))
    }

    /// Ports of the loopback on which nobody listens.
    @Test func aStoreThatIsDownExitsWith4AndNoPasswordIsShown() async throws {
        let offline = try await AsofProcess(offlineURL: "postgres://me:hunter2@127.0.0.1:1/db")
        defer { offline.remove() }
        let applied = try await offline.run("apply")
        #expect(applied.code == 4 && applied.error.contains("127.0.0.1:1") && !applied.error.contains("hunter2"))

        let online = try await AsofProcess(onlineURL: "redis://me:hunter2@127.0.0.1:1/0")
        defer { online.remove() }
        #expect(try await online.run("apply").code == 0)
        let materialized = try await online.run("materialize")
        #expect(materialized.code == 4 && materialized.error.contains("127.0.0.1:1") && !materialized.error.contains("hunter2"))
    }

    /// A row that another definition wrote is neither misread nor taken for "no rows", which would be a count of 0.
    @Test func aRowOfAnotherDefinitionIsNotServedAsNoRows() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        _ = try await asof.run("apply")
        _ = try await asof.run("materialize")
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions.replacing("window: 30d", with: "window: 20000d"), to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        let lookup = ["get", "--service", "orders_v1", "--keys", "customer_id=1", "--request", "basket=71"]
        let between = try await asof.run(lookup)
        #expect(between.error.contains("run `asof materialize customer_orders`"))
        #expect(between.output.contains("customer_orders.order_count_30d  NULL   INVALID"), "\(between.output)")
        // What means the same is served as before.
        #expect(between.output.contains("basket.basket_vs_last            2.0    PRESENT"), "\(between.output)")
        _ = try await asof.run("materialize")
        #expect(try await asof.run(lookup).output.contains("customer_orders.order_count_30d  2      PRESENT"))
    }

    /// What compiled SQL calls its own may not be a user's table, nor a feature.
    @Test func asofsOwnNamesAreRefused() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions.replacing("last_amount", with: "asof_cut"), to: "features/orders.yaml")
        let feature = try await asof.run("apply")
        #expect(feature.code == 2 && feature.error.contains("begins with `asof_`"))
        try asof.write(
            "sources: {mine: {table: asof_spine, event_timestamp: at}}\n",
            to: "features/more.yaml"
        )
        try asof.write(definitions, to: "features/orders.yaml")
        let table = try await asof.run("apply")
        #expect(table.code == 2 && table.error.contains("schema.name"), "\(table.error)")
    }

    @Test func oneLookupTakesEachKeyOnce() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        _ = try await asof.run("apply")
        let got = try await asof.run(
            "get", "--service", "orders_v1", "--keys", "customer_id=1", "customer_id=2", "--request", "basket=1")
        #expect(got.code == 2 && got.error == "asof: `customer_id` is given twice; asof get looks up one entity\n")
    }

    @Test func whatIsQuotedInAnErrorStaysOnItsLine() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        _ = try await asof.run("apply")
        let cell = String(repeating: "x", count: 100_000)
        try asof.write("customer_id,event_timestamp,basket\n\"a\nb\u{1B}[31m\(cell)\",2024-01-01,1\n", to: "spine.csv")
        let trained = try await asof.run("train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "train.csv")
        #expect(trained.code == 2 && trained.error.count < 1100)
        #expect(trained.error.split(separator: "\n").count == 1 && !trained.error.contains("\u{1B}"))
    }

    @Test func trainingSaysWhenItsDefinitionsAreNotTheServedOnes() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let train = ["train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "train.csv"]
        let before = try await asof.run(train)
        #expect(before.code == 0 && before.error.contains("not applied yet"))
        #expect(try await asof.run("apply").code == 0)
        #expect(try await asof.run(train).error == Self.tooFewRows)
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions.replacing("window: 30d", with: "window: 31d"), to: "features/orders.yaml")
        let edited = try await asof.run(train)
        #expect(edited.code == 0 && edited.error.contains("not what is applied and served"))
    }

    /// Window features of a view without a schedule can be trained on, not served: said when they are applied.
    @Test func applyingWhatCannotBeServedIsWarnedOf() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions.replacing("schedule: {every: 1h, lag: 5m}", with: "ttl: 30d"), to: "features/orders.yaml")
        let applied = try await asof.run("apply")
        #expect(applied.code == 0 && applied.error.contains("`customer_orders` has window features"))
    }

    @Test func anotherInitOverwritesNothing() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        try asof.write("mine", to: "features/orders.yaml")
        #expect(try await asof.run("init").code == 2)
        #expect(try asof.text(of: "features/orders.yaml") == "mine")
    }
}
