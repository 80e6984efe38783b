import Foundation
import PostgresClient
import RedisClient
import Synchronization
import TestSupport
import Testing

/// An applied and materialized project of payments, whose stores are to suffer.
struct FaultBench {
    static let cards = 40
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: paid_at, created_timestamp: known_at}
        feature_views:
          last_payment: {entities: [card], source: payments, features: {amount: {latest: amount}, note: {latest: note}}}
        feature_services:
          payments_v1: {features: [last_payment]}
        """

    let asof: AsofProcess

    init(onlineURL: String, offlineURL: String? = nil, cards: Int = FaultBench.cards) async throws {
        asof = try await AsofProcess(offlineURL: offlineURL, onlineURL: onlineURL)
        let connection = try await asof.connectOffline()
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id bigint, amount float8, note text, paid_at timestamptz, known_at timestamptz);
            INSERT INTO payments SELECT c, c, 'n' || c, '2024-03-01', '2024-03-01' FROM generate_series(1, \(cards)) AS c;
            CREATE INDEX ON payments (card_id, paid_at)
            """)
        try await connection.waitUntilPaymentsAreSettled()
        await connection.close()
        try asof.write(Self.definitions, to: "features/orders.yaml")
        let applied = try await asof.run("apply")
        try #require(applied.code == 0, "\(applied.error)")
    }

    func materialize() async throws {
        let run = try await asof.run("materialize")
        try #require(run.code == 0, "\(run.error)")
    }

    static let lookup =
        #"{"feature_service": "payments_v1", "entities": {"card_id": [\#((1...cards).map(String.init).joined(separator: ","))]}}"#

    /// A push of one card's row.
    static func push(amount: Int) -> String {
        #"{"push_source_name": "last_payment", "to": "online_and_offline", "df": {"card_id": [7], "amount": [\#(amount)], "#
            + #""paid_at": ["2024-03-02T00:00:00Z"], "known_at": ["2024-03-02T00:00:\#(amount % 60)Z"]}}"#
    }
}

/// Asks a server the same on and on, and keeps what it answers.
final class Asker: Sendable {
    /// What came, without repetitions: the order of the answers.
    private final class Answers: Sendable {
        let all = Mutex<[ServeProcess.Answer]>([])

        func add(_ answer: ServeProcess.Answer) {
            all.withLock { answers in
                if let last = answers.last, last.status == answer.status, last.status != 200 || last.body == answer.body {
                    return
                }
                answers.append(answer)
            }
        }
    }

    private let answers = Answers()
    private let task: Task<Void, any Error>

    init(_ server: ServeProcess, _ path: String, _ body: String) {
        task = Task { [answers] in
            while !Task.isCancelled {
                answers.add(try server.ask(path, "-d", body))
                // Others have work to do as well.
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Waits until the last answer is such; for a minute, however slow the machine is.
    func wait(_ what: String, until isReached: (ServeProcess.Answer) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let last = answers.all.withLock({ $0.last }), isReached(last) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(what): \(answers.all.withLock { $0 })")
    }

    func stop() -> [ServeProcess.Answer] {
        task.cancel()
        return answers.all.withLock { $0 }
    }
}
