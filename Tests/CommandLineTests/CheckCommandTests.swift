import Foundation
import PostgresClient
import TestSupport
import Testing

/// `asof check` and the gate of `asof materialize`, as a user runs them.
@Suite struct CheckCommandTests {
    private struct Project {
        let asof: AsofProcess
        let connection: PostgresConnection

        init(expecting expect: String?) async throws {
            let url = try await TestStack.shared().freshDatabase("check")
            connection = try await PostgresConnection.connect(to: url)
            try await connection.executeScript(
                """
                CREATE TABLE payments (id bigint, card_id bigint, amount float8, country text, at timestamptz);
                INSERT INTO payments SELECT i, i % 7, i % 90 + 0.5, (ARRAY['DE', 'FR', 'NO'])[i % 3 + 1],
                    now() - interval '2 days' + i * interval '1 minute' FROM generate_series(1, 2000) AS i;
                """)
            asof = try await AsofProcess(offlineURL: url.description)
            for file in try FileManager.default.contentsOfDirectory(atPath: asof.folder.appending(path: "features").path) {
                try FileManager.default.removeItem(at: asof.folder.appending(path: "features/\(file)"))
            }
            try define(expecting: expect)
        }

        func define(expecting expect: String?) throws {
            let line = expect.map { "\n    expect: \($0)" } ?? ""
            try asof.write(
                """
                entities:
                  card: {join_keys: {card_id: int64}}
                sources:
                  payments:
                    table: payments
                    event_timestamp: at\(line)
                feature_views:
                  card_payments:
                    entities: [card]
                    source: payments
                    features:
                      last_amount: {latest: amount}
                feature_services:
                  pay_v1: {features: [card_payments]}

                """, to: "features/payments.yaml")
        }

        func insert(_ rows: String) async throws {
            try await connection.execute("INSERT INTO payments VALUES \(rows)")
        }

        /// All that is online of a few cards, and how many runs there were.
        func state() async throws -> [String] {
            var state: [String] = []
            for card in 0..<9 {
                state.append(try await asof.run("get", "--service", "pay_v1", "--keys", "card_id=\(card)").output)
            }
            return state + [try await connection.execute("SELECT count(*) FROM asof.materializations").firstCell ?? ""]
        }

        func remove() async {
            await connection.close()
            asof.remove()
        }
    }

    private struct Report: Decodable {
        struct Check: Decodable {
            let kind: String
            let breaches: Int
            let judged: Int
            let outcome: String
            let examples: [String]
        }
        let source: String
        let rows: Int
        let checks: [Check]
        let outcome: String
    }

    @Test func whatIsNotAsExpectedIsSaidAndExitsWithOne() async throws {
        let project = try await Project(
            expecting:
                "{freshness: 1000d, unique: [id], columns: {amount: {type: float64, min: 0, nulls: 0}, country: {in: [DE, FR, NO]}}}"
        )
        let good = try await project.asof.run("check")
        #expect(good.code == 0 && good.output.contains("PASS: 6 as expected"), "\(good.output)\(good.error)")
        try await project.insert("(7, 1, -0.5, 'XX', '1969-12-31Z'), (2001, 1, NULL, 'DE', now())")
        let bad = try await project.asof.run("check", "payments")
        #expect(bad.code == 1 && bad.output.contains("FAIL: 4 of 6 not as expected"), "\(bad.output)")
        #expect(bad.output.contains("id 7, at 1969-12-31 00:00:00+00: -0.5"), "\(bad.output)")
        #expect(bad.output.contains("id 7: 2 rows"), "\(bad.output)")
        #expect(bad.output.contains("1 of 2002 none of them") && bad.output.contains("1 of 2002 NULL"), "\(bad.output)")
        let json = try await project.asof.run("check", "--json", "--since", "2024-01-01")
        let reports = try JSONDecoder().decode([Report].self, from: Data(json.output.utf8))
        #expect(json.code == 1 && reports.map(\.rows) == [2001] && reports[0].outcome == "fail")
        // Of the rows since then, the older twin of one is the other.
        #expect(reports[0].checks.map(\.breaches) == [0, 1, 0, 1, 0, 0], "\(json.output)")
        let none = try await project.asof.run("check", "--since", "2100-01-01")
        #expect(none.code == 3 && none.output.contains("INCONCLUSIVE"), "\(none.output)")
        let unknown = try await project.asof.run("check", "cards")
        #expect(unknown.code == 2 && unknown.error.contains("there are: payments"), "\(unknown.error)")
        await project.remove()
    }

    @Test func whatIsSuggestedCanBePastedAndHolds() async throws {
        let project = try await Project(expecting: nil)
        let nothing = try await project.asof.run("check")
        #expect(nothing.code == 2 && nothing.error.contains("asof check --suggest"), "\(nothing.error)")
        let suggestion = try await project.asof.run("check", "--suggest")
        #expect(suggestion.code == 0, "\(suggestion.error)")
        #expect(suggestion.output.contains(#"unique: ["id"]"#) && suggestion.output.contains("# 2000 rows, as many values"))
        #expect(suggestion.output.contains(#"in: ["DE", "FR", "NO"]"#), "\(suggestion.output)")
        #expect(
            !suggestion.output.contains("min: 0                                   # the least of 2000 is 1\n"), "no range of ids")
        let definitions = try project.asof.text(of: "features/payments.yaml")
        let expect = suggestion.output.split(separator: "\n").dropFirst(2).joined(separator: "\n")
        try project.asof.write(
            definitions.replacing("event_timestamp: at", with: "event_timestamp: at\n" + expect), to: "features/payments.yaml")
        let checked = try await project.asof.run("check")
        #expect(checked.code == 0, "\(checked.output)\(checked.error)\(expect)")
        // Rows of long ago say nothing of how fresh they should be; with one of today they do.
        #expect(!suggestion.output.contains("freshness:"))
        try await project.insert("(2001, 1, 1, 'DE', now())")
        #expect(try await project.asof.run("check", "--suggest").output.contains("freshness: 2d "))
        try await project.insert("(2002, 1, 1e6, 'XX', now())")
        #expect(try await project.asof.run("check").output.contains("FAIL: 2 of"))
        await project.remove()
    }

    @Test func aPushThatBreaksTheGateExitsWithOne() async throws {
        let project = try await Project(
            expecting: "{columns: {amount: {min: 0, gate: true}, country: {in: [DE, FR, NO]}}}")
        #expect(try await project.asof.run("apply").code == 0)
        func push(_ amount: String, _ country: String) async throws -> AsofProcess.Outcome {
            try await project.asof.run(
                "push", "card_payments", "--file", "-", input: "card_id,amount,country,at\n8,\(amount),\(country),2024-01-01\n")
        }
        let held = try await push("-0.5", "DE")
        #expect(held.code == 1 && held.output.isEmpty, "\(held)")
        #expect(
            held.error == """
                asof: nothing was pushed: rows break what is expected of source `payments`: amount: range 0.0 .., 1 of 1 outside (100.0%) \
                (card_id 8, at 2024-01-01 00:00:00+00: -0.5). Mend the rows, or what `expect` says

                """, "\(held.error)")
        #expect(try await project.connection.execute("SELECT count(*) FROM payments").firstCell == "2000")
        // What is not marked does not hold a push back.
        let taken = try await push("0.5", "XX")
        #expect(taken.code == 0 && taken.output.hasPrefix("1 row inserted\n"), "\(taken)")
        await project.remove()
    }

    @Test func aBatchThatBreaksItsGateChangesNothingUntilItIsMended() async throws {
        let project = try await Project(
            expecting: "{unique: [id], columns: {amount: {min: 0, nulls: 0, gate: true}, country: {in: [DE, FR, NO]}}}")
        #expect(try await project.asof.run("apply").code == 0)
        try await project.connection.waitUntilPaymentsAreSettled()
        let first = try await project.asof.run("materialize", "--gate")
        #expect(first.code == 0, "\(first.error)")
        let before = try await project.state()
        // Marked: held back without being asked.
        try await project.insert(
            "(2001, 8, -0.5, 'DE', now() - interval '1 minute'), (2002, 1, 3, 'DE', now() - interval '1 minute')")
        let held = try await project.asof.run("materialize")
        #expect(held.code == 1, "\(held.output)\(held.error)")
        #expect(held.error.contains("`card_payments` was held back and nothing of it was written"), "\(held.error)")
        #expect(held.error.contains("amount: range 0.0 .., 1 of 2 outside") && held.error.contains("card_id 8"), "\(held.error)")
        #expect(try await project.state() == before)
        #expect(try await project.asof.run("reconcile").code == 1)
        #expect(try await project.state() == before)
        // Not marked: let in, unless asked.
        try await project.connection.execute("UPDATE payments SET amount = 0, country = 'XX' WHERE id = 2001")
        let asked = try await project.asof.run("materialize", "--gate")
        #expect(asked.code == 1 && asked.error.contains("country: domain DE, FR, NO, 1 of 2 none of them"), "\(asked.error)")
        #expect(try await project.state() == before)
        let plain = try await project.asof.run("materialize")
        #expect(plain.code == 0 && plain.output.contains("changed entities: 2 rows written"), "\(plain.output)\(plain.error)")
        let after = try await project.state()
        #expect(after != before)
        // Taken in already: no gate looks at it again, but for a full run's, and for one after a run beside which another test had a
        // transaction open.
        var again = try await project.asof.run("materialize", "--gate").code
        for _ in 0..<20 where again != 0 {
            #expect(try await project.asof.run("materialize").code == 0)
            again = try await project.asof.run("materialize", "--gate").code
        }
        #expect(again == 0)
        #expect(try await project.asof.run("materialize", "--gate", "--full").code == 1)
        // A twin of a row that was taken in long ago.
        try await project.insert("(5, 1, 1, 'DE', now() - interval '1 second')")
        let twin = try await project.asof.run("materialize", "--gate")
        #expect(twin.code == 1 && twin.error.contains("id 5: 2 rows"), "\(twin.error)")
        // Not yet visible, and so not yet judged.
        try await project.connection.execute("DELETE FROM payments WHERE id = 5 AND amount = 1")
        try await project.insert("(3000, 1, -1, 'DE', now() + interval '1 day')")
        let later = try await project.asof.run("materialize")
        #expect(later.code == 0, "\(later.error)")
        // It will never be visible, but nobody meant to send it.
        try await project.insert("(3001, 1, -1, 'DE', NULL)")
        let timeless = try await project.asof.run("materialize")
        #expect(timeless.code == 1 && timeless.error.contains("at NULL: -1"), "\(timeless.error)")
        await project.remove()
    }
}
