import FeatureDefs
import OfflineStore
import PostgresClient
import SkewChecker
import TestSupport

/// A project whose served log is written by hand: what training computes for a card is `amount`, 10 times its number.
struct NightlyBench {
    static let project = "nightly"
    static let cards = 50
    static let servedAt = Timestamp(microseconds: 1_709_510_400_000_000)

    let connection: PostgresConnection
    let plan: Plan
    let schema: ServedSchema
    let sink: PostgresServedFeatureSink

    init() async throws {
        connection = try await PostgresConnection.connect(
            to: try await TestStack.shared().freshDatabase("nightly", timeZone: "Asia/Kathmandu"))
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id bigint, amount float8, secret text, at timestamptz);
            INSERT INTO payments SELECT n, n * 10, 'secret-' || n, '2024-03-01Z' FROM generate_series(1, \(Self.cards)) AS n;
            """)
        let definitions = """
            entities:
              card: {join_keys: {card_id: int64}}
            sources:
              payments: {table: payments, event_timestamp: at}
            feature_views:
              spending:
                entities: [card]
                source: payments
                features:
                  amount: {latest: amount}
                  pin: {latest: secret, tags: {sensitive: "true"}}
            on_demand_feature_views:
              shout: {features: {loud_pin: "upper(spending.pin)"}}
            feature_services:
              fraud: {features: [spending, shout], log: {sample: 1.0}}
            """
        let parsed = parseProject([SourceFile(path: "features/nightly.yaml", text: definitions)], project: Self.project)
        plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let registry = Registry(connection: connection, project: Self.project)
        _ = try await registry.apply(plan, appliedBy: "test", engineVersion: "test")
        schema = ServedSchema(
            service: "fraud", planFingerprint: plan.fingerprint,
            selection: try plan.selection(of: plan.services.flatMap(\.features)))
        sink = PostgresServedFeatureSink(project: Self.project, url: connection.url)
    }

    /// Logs rows; `wrong` of them, the first, serve a thousandth more than the amount is.
    func serve(_ count: Int, wrong: Int = 0, wrongPin: String? = nil, probability: Double = 1) async throws {
        let rows = (0..<count).map { index in
            let card = index % Self.cards + 1
            let pin = wrongPin.map { $0 + "\(card)" } ?? "secret-\(card)"
            let amount = Double(card * 10) * (index < wrong ? 1.001 : 1)
            return ServedRow(
                schema: schema, requestID: UUIDBytes(high: 1, low: UInt64(index)), ordinal: index, servedAt: Self.servedAt,
                keys: [.int64(Int64(card))], request: [],
                features: [.float64(amount), .string(pin), .string(pin.uppercased())].map {
                    ServedFeature(value: $0, status: .present, eventTimestamp: nil)
                },
                records: [
                    .init(cut: Self.servedAt, run: 1, event: Timestamp(microseconds: 1_709_251_200_000_000), available: nil)
                ],
                monotonicMicroseconds: 0, sampleProbability: probability, host: "h")
        }
        try await sink.write(rows)
    }

    func check(windowRows: Int = 20_000, observer: SkewCheck.Observer? = nil, on other: PostgresConnection? = nil) -> SkewCheck {
        SkewCheck(
            project: Self.project, connection: other ?? connection, windowRows: windowRows, observer: observer)
    }

    func night(
        _ check: SkewCheck? = nil, on other: PostgresConnection? = nil, onEvent: (@Sendable (NightlyCheck.Event) -> Void)? = nil
    ) async throws -> NightlyCheck.Outcome {
        try await NightlyCheck(
            project: Self.project, connection: other ?? connection, check: check ?? self.check(on: other), keepInterval: .zero,
            onEvent: onEvent
        ).run(service: nil)
    }

    func connect() async throws -> PostgresConnection { try await PostgresConnection.connect(to: connection.url) }
}

extension NightlyCheck.Outcome {
    var rows: Int { document.services.reduce(0) { $0 + $1.rows } }
}
