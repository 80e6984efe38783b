import PostgresClient
import Testing

@Suite struct CopyTests {
    struct Refusal: Error {}

    func connectionWithTable() async throws -> PostgresConnection {
        let connection = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int, s text)")
        return connection
    }

    func count(_ connection: PostgresConnection) async throws -> String? {
        try await connection.execute("SELECT count(*) FROM t").firstCell
    }

    @Test func textGoesInAndOut() async throws {
        let connection = try await connectionWithTable()
        let stored = try await connection.copyIn("COPY t FROM STDIN (FORMAT csv)") { writer in
            try writer.write("1,one\n2,")
            try writer.write(Array("\"two, \"\"2\"\"\"\n".utf8))
            try writer.write("3,\n")
        }
        #expect(stored == 3)
        let text = try await connection.copyOut("COPY t TO STDOUT (FORMAT csv)", into: "") { text, message in
            text += String(decoding: message, as: UTF8.self)
        }
        #expect(text == "1,one\n2,\"two, \"\"2\"\"\"\n3,\n")
    }

    /// Rows of a few bytes and of several buffers, in the runs in which they come.
    @Test(arguments: [0, 1, 100_000])
    func rowsComeInRuns(rowCount: Int) async throws {
        let connection = try await connectionWithTable()
        let sql = """
            COPY (SELECT i, repeat('x', CASE WHEN i % 40000 = 7 THEN 300000 ELSE i % 90 END) FROM generate_series(1, \(rowCount)) AS i)
            TO STDOUT
            """
        let whole = try await connection.copyOut(sql, into: (bytes: [UInt8](), messages: 0)) { state, message in
            state.bytes += message
            state.messages += 1
        }
        let runs = try await connection.copyOutInRuns(sql, into: (bytes: [UInt8](), messages: 0)) { state, run in
            state.bytes += run
            state.messages += 1
            #expect(run.last == UInt8(ascii: "\n"), "a run ends with a row")
        }
        #expect(runs.bytes == whole.bytes)
        #expect(whole.messages == rowCount && runs.messages <= max(1, rowCount / 100))
        #expect(try await count(connection) == "0", "the connection is usable")
    }

    @Test func aRunThatIsRefusedEndsTheCopy() async throws {
        let connection = try await connectionWithTable()
        await #expect(throws: Refusal.self) {
            _ = try await connection.copyOutInRuns("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT", into: 0) { _, _ in
                throw Refusal()
            }
        }
        #expect(try await count(connection) == "0")
        let error = await #expect(throws: PostgresError.self) {
            let sql = "COPY (SELECT 1 / (i - 50000) FROM generate_series(1, 60000) AS i) TO STDOUT"
            _ = try await connection.copyOutInRuns(sql, into: 0) { _, _ in }
        }
        #expect(error?.isDataException == true)
    }

    @Test func aThrowInTheMiddleStoresNothing() async throws {
        let connection = try await connectionWithTable()
        await #expect(throws: Refusal.self) {
            try await connection.copyIn("COPY t FROM STDIN") { writer in
                for _ in 0..<100_000 { try writer.write("1\tone\n") }
                throw Refusal()
            }
        }
        #expect(try await count(connection) == "0")
    }

    @Test func aRowThatTheServerRefusesIsNamed() async throws {
        let connection = try await connectionWithTable()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.copyIn("COPY t FROM STDIN (FORMAT csv)") { writer in
                try writer.write("1,one\ntwo,two\n")
                for _ in 0..<200_000 { try writer.write("3,three\n") }
            }
        }
        #expect(error?.code == .server(.invalidTextRepresentation))
        #expect(error?.context == "COPY t, line 2, column n: \"two\"")
        #expect(try await count(connection) == "0")
    }

    @Test func rowsCanBePushedBitByBit() async throws {
        let connection = try await connectionWithTable()
        let stored = try await connection.copyInBinary(
            "COPY t FROM STDIN (FORMAT binary)",
            pushing: { rows in
                for number in 0..<50_000 {
                    try await rows.beginRow(fieldCount: 2)
                    rows.fields.append(Int32(number))
                    rows.fields.append("row \(number)")
                }
            })
        #expect(stored == 50_000)
        #expect(try await connection.execute("SELECT sum(n) FROM t").firstCell == "1249975000")
    }

    @Test func aThrowWhilePushingStoresNothing() async throws {
        let connection = try await connectionWithTable()
        await #expect(throws: Refusal.self) {
            try await connection.copyIn(
                "COPY t FROM STDIN",
                pushing: { sink in
                    try await sink.send(Array("1\tone\n".utf8))
                    throw Refusal()
                })
        }
        #expect(try await count(connection) == "0")
    }

    @Test func aTaskCancelledWhilePushingStoresNothing() async throws {
        let connection = try await connectionWithTable()
        let task = Task {
            try await connection.copyIn(
                "COPY t FROM STDIN",
                pushing: { sink in
                    try await sink.send(Array("1\tone\n".utf8))
                    withUnsafeCurrentTask { $0?.cancel() }
                })
        }
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await count(connection) == "0")
    }

    @Test func aThrowWhileReadingLeavesTheConnectionUsable() async throws {
        let connection = try await connectionWithTable()
        await #expect(throws: Refusal.self) {
            try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in throw Refusal() }
        }
        #expect(try await count(connection) == "0")
    }

    @Test func anErrorOfTheServerInTheMiddleComesOut() async throws {
        let connection = try await connectionWithTable()
        let sql = "COPY (SELECT 1 / (50000 - n) FROM generate_series(1, 100000) n) TO STDOUT"
        let error = await #expect(throws: PostgresError.self) { try await connection.copyOut(sql) { _ in } }
        #expect(error?.sqlState == .divisionByZero)
        #expect(try await count(connection) == "0")
    }

    @Test func aCopyThroughTheWrongCallIsAnErrorAndNoHang() async throws {
        let connection = try await connectionWithTable()
        for sql in ["COPY t FROM STDIN", "COPY t TO STDOUT"] {
            let error = await #expect(throws: PostgresError.self) { try await connection.execute(sql) }
            #expect(error?.code == .invalidRequest)
        }
        for sql in ["COPY t TO STDOUT", "SELECT 1"] {
            let error = await #expect(throws: PostgresError.self) { try await connection.copyIn(sql) { _ in } }
            #expect(error?.code == .invalidRequest)
        }
        for sql in ["COPY t FROM STDIN", "SELECT 1"] {
            let error = await #expect(throws: PostgresError.self) { try await connection.copyOut(sql) { _ in } }
            #expect(error?.code == .invalidRequest)
        }
        #expect(try await count(connection) == "0")
    }
}
