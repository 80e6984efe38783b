import Foundation
import PostgresClient
import Testing

@Suite struct PostgresConnectionTests {
    @Test func parametersComeBackAsTheyWent() async throws {
        let connection = try await PostgresTest.connection()
        let uuid = UUID()
        let result = try await connection.execute(
            """
            SELECT $1::text AS t, $2 AS i, $3 AS b, $4 AS f, $5 AS y, $6 AS u, $7 AS at, $8::int4 AS n, $9 AS a, $10 AS ia, $11 AS fa
            """,
            [
                .text("it's \"quoted\"; DROP TABLE x -- \\"), .int64(9_007_199_254_740_993), .bool(true), .float64(0.1),
                .bytes([]), .uuid(uuid), .timestamptz(microseconds: -1), .null,
                .textArray(["a,b", nil, "q\"\\", "", "NULL"]), .int64Array([.min, nil, 2]),
                .float64Array([.nan, 0.1, -.infinity]),
            ])
        #expect(result.columns.map(\.name) == ["t", "i", "b", "f", "y", "u", "at", "n", "a", "ia", "fa"])
        #expect(
            result.columns.map(\.type) == [
                .text, .int8, .bool, .float8, .bytea, .uuid, .timestamptz, .int4, .textArray, .int8Array, .float8Array,
            ])
        #expect(
            result.rows == [
                [
                    "it's \"quoted\"; DROP TABLE x -- \\", "9007199254740993", "t", "0.1", "\\x", uuid.uuidString.lowercased(),
                    "1969-12-31 23:59:59.999999+00", nil, #"{"a,b",NULL,"q\"\\","","NULL"}"#,
                    "{-9223372036854775808,NULL,2}", "{NaN,0.1,-Infinity}",
                ]
            ])
    }

    @Test func anUntypedTextTakesTheTypeOfItsPlace() async throws {
        let connection = try await PostgresTest.connection()
        let result = try await connection.execute(
            "SELECT date '2024-02-28' + 1 = $1, '{\"a\":1}'::jsonb = $2",
            [
                .text("2024-02-29"), .text("{\"a\": 1}"),
            ])
        #expect(result.rows == [["t", "t"]])
    }

    @Test func aNulCharacterIsRefusedRatherThanCutAt() async throws {
        let connection = try await PostgresTest.connection()
        for attempt in [("SELECT $1::text", PostgresParameter.text("a\0b")), ("SELECT 1 \0 + 1", .null)] {
            let error = await #expect(throws: PostgresError.self) {
                try await connection.execute(attempt.0, [attempt.1])
            }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test func tagsAndCountsTellWhatWasDone() async throws {
        let connection = try await PostgresTest.connection()
        let created = try await connection.execute("CREATE TEMP TABLE t (n int)")
        #expect(created.commandTag == "CREATE TABLE" && created.affectedCount == nil)
        let inserted = try await connection.execute("INSERT INTO t SELECT generate_series(1, 5)")
        #expect(inserted.commandTag == "INSERT 0 5" && inserted.affectedCount == 5)
        let updated = try await connection.execute("UPDATE t SET n = n + 1 WHERE n > $1", [.int64(3)])
        #expect(updated.affectedCount == 2)
        #expect(try await connection.execute("SELECT n FROM t WHERE n < 0").affectedCount == 0)
    }

    @Test func aScriptRunsAllItsStatementsOrNone() async throws {
        let connection = try await PostgresTest.connection()
        let last = try await connection.executeScript(
            "CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1), (2); SELECT sum(n) FROM t")
        #expect(last.firstCell == "3")
        await #expect(throws: PostgresError.self) {
            try await connection.executeScript("INSERT INTO t VALUES (3); SELECT 1/0")
        }
        #expect(try await connection.execute("SELECT sum(n) FROM t").firstCell == "3")
    }

    @Test func executeTakesOneStatementOnly() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1; SELECT 2") }
        #expect(error?.sqlState == .syntaxError)
    }

    @Test func describeLearnsTheColumnsWithoutRunning() async throws {
        let connection = try await PostgresTest.connection()
        let columns = try await connection.describe(
            "SELECT 1/0 AS q, 'x'::varchar(7) AS \"v\"\"w\", now() AS at, ARRAY[1::int8] AS l")
        #expect(
            columns == [
                PostgresColumn(name: "q", type: .int4), PostgresColumn(name: "v\"w", type: .varchar, typeModifier: 11),
                PostgresColumn(name: "at", type: .timestamptz), PostgresColumn(name: "l", type: .int8Array),
            ])
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        #expect(try await connection.describe("INSERT INTO t VALUES (1)") == [])
        #expect(try await connection.execute("SELECT count(*) FROM t").firstCell == "0")
        await #expect(throws: PostgresError.self) { try await connection.describe("SELECT 1; DROP TABLE t") }
    }

    @Test func aRefusalCarriesItsParts() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.execute("SELECT lenght('x')")
        }
        #expect(error?.code == .server(.undefinedFunction))
        #expect(error?.message == "function lenght(unknown) does not exist")
        #expect(error?.position == 8)
        #expect(error?.hint?.hasPrefix("No function matches") == true)
        #expect(error?.description.contains("SELECT") == false)
        #expect(error?.debugDescription.contains("SELECT lenght('x')") == true)
        #expect(error?.isUnreachable == false)
        #expect(try await connection.execute("SELECT 1").firstCell == "1")
    }

    @Test func weirdNamesSurviveQuoting() async throws {
        let connection = try await PostgresTest.connection()
        for name in ["select", "a\"b", "a;b", "Größe", "💳", " ", "a.b", "\\", "'", String(repeating: "x", count: 63)] {
            let identifier = try SQLIdentifier(name)
            let result = try await connection.execute("SELECT 1 AS \(identifier.quoted)")
            #expect(result.columns.map(\.name) == [name])
        }
        for name in ["", "a\0b", String(repeating: "é", count: 32)] {
            #expect(throws: PostgresError.self) { try SQLIdentifier(name) }
        }
    }

    @Test func aSessionStartsFromOurSettingsWhateverTheDatabaseSays() async throws {
        let connection = try await PostgresTest.connection(databaseSettings: [
            "TimeZone": "America/New_York", "DateStyle": "SQL, DMY", "extra_float_digits": "-10", "bytea_output": "escape",
            "IntervalStyle": "iso_8601", "standard_conforming_strings": "off",
        ])
        let result = try await connection.execute(
            #"SELECT '2024-07-01 12:00'::timestamptz, 0.1::float8 + 0.2, '\x00ff'::bytea, interval '1 day 2 hours', '\n', current_setting('application_name')"#
        )
        #expect(
            result.rows == [
                ["2024-07-01 12:00:00+00", "0.30000000000000004", "\\x00ff", "1 day 02:00:00", "\\n", "asof"]
            ])
    }

    @Test func settingsOfTheCallerAreForTheSession() async throws {
        let connection = try await PostgresConnection.connect(
            to: PostgresTest.url(), settings: [("work_mem", "77MB"), ("search_path", "\"odd; name\"")])
        #expect(try await connection.execute("SHOW work_mem").firstCell == "77MB")
        #expect(try await connection.execute("SHOW search_path").firstCell == "\"odd; name\"")
    }
}
