import DriftMonitor
import FeatureDefs
import PostgresClient

/// A small payments business: accounts that pay, shops that are rated, hours in which all of that is served.
struct FaultWorld {
    static let project = "faults"
    static let service = "fraud_v1"
    static let accounts = 400
    static let shops = 60
    static let hours = 48
    static let hour = Period(microseconds: 3_600_000_000)
    /// The first hour that is served.
    static let start = Timestamp(microseconds: 1_709_510_400_000_000)

    /// - Parameter window: of the features that another definition changes.
    static func definitions(window: String = "1d") -> String {
        """
        entities:
          account: {join_keys: {account_id: string}}
          shop: {join_keys: {shop_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at, created_timestamp: known_at}
          ratings: {table: ratings, event_timestamp: at}
        feature_views:
          spending:
            entities: [account]
            source: payments
            schedule: {every: 1h, lag: 5m}
            ttl: 12h
            features:
              last_amount: {latest: amount}
              last_country: {latest: country, default: unknown}
              count_1d: {count: "*", window: \(window)}
              spend_1d: {sum: amount, window: \(window)}
              mean_7d: {mean: amount, window: 7d}
          rating:
            entities: [shop]
            source: ratings
            schedule: {every: 6h, lag: 10m}
            features:
              risk: {latest: risk}
              changes_2d: {count: "*", window: 2d}
        on_demand_feature_views:
          ratio:
            request: {amount: float64}
            features:
              vs_usual: "amount / nullif(spending.mean_7d, 0)"
        feature_services:
          \(service): {features: [spending, rating, ratio], log: {sample: 1.0}}
        """
    }

    /// `0123` or `1123`: a third of the accounts begin with a zero.
    static func account(_ index: Int) -> String {
        let digits = String(index)
        return (index % 3 == 0 ? "0" : "1") + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// Eight days of payments before the first hour and until the last; one in seven on the hour, one in twenty known hours later.
    static func create(seed: UInt64, on connection: PostgresConnection) async throws {
        try await connection.executeScript(
            """
            DROP SCHEMA IF EXISTS asof CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
            CREATE TABLE payments (account_id text, amount float8, country text, at timestamptz, known_at timestamptz);
            CREATE TABLE ratings (shop_id int8, risk float8, at timestamptz);
            """)
        var random = SplitMix64(seed: seed)
        let first = start.microseconds - 8 * 24 * hour.microseconds
        let span = (8 * 24 + hours) * 3600
        var payments: [String] = []
        for account in 0..<accounts {
            // Some pay every few hours, some every few days, some never.
            let every = [3.0, 8, 30, 90, 1e9][account % 5] * 3600
            var at = -every * Normal.quantile(random.uniform()).magnitude
            while at < Double(span) {
                at += every * (0.1 + 1.8 * random.uniform())
                guard at > 0, at < Double(span) else { continue }
                let isOnTheHour = random.below(7) == 0
                let event = first + (isOnTheHour ? Int64(at / 3600) * 3_600_000_000 : Int64(at * 1_000_000))
                let delay = random.below(20) == 0 ? Int64(random.below(6 * 3600)) : Int64(random.below(200))
                let amount = Double(100 + random.below(1_000_000)) / 100 + 0.001 * Double(1 + random.below(9))
                let country = random.below(12) == 0 ? "\\N" : ["NO", "SE", "DK", "FI"][random.below(4)]
                payments.append(
                    "\(self.account(account))\t\(amount)\t\(country)\t\(Timestamp(microseconds: event))\t"
                        + "\(Timestamp(microseconds: event + delay * 1_000_000))")
            }
        }
        var ratings: [String] = []
        for shop in 0..<shops {
            var at = 0.0
            while at < Double(span) {
                at += 3600 * 40 * (0.1 + 1.8 * random.uniform())
                let event = first + Int64(at) * 1_000_000
                ratings.append("\(shop)\t\(Double(random.below(100_000)) / 1000 + 0.0001)\t\(Timestamp(microseconds: event))")
            }
        }
        for (table, rows) in [("payments", payments), ("ratings", ratings)] {
            let text = rows.map { $0 + "\n" }.joined()
            try await connection.copyIn("COPY \(table) FROM STDIN") { writer in try writer.write(text) }
        }
        try await connection.executeScript(
            """
            CREATE INDEX ON payments (account_id, at); CREATE INDEX ON ratings (shop_id, at); ANALYZE payments; ANALYZE ratings
            """)
    }
}
