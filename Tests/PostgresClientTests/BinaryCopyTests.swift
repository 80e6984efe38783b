import Foundation
import PostgresClient
import Testing

@Suite struct BinaryCopyTests {
    /// One value of each type that the encoder knows, all nullable.
    struct Row: Equatable, Sendable {
        var int8: Int64?
        var int4: Int32?
        var int2: Int16?
        var float8: Double?
        var float4: Float?
        var bool: Bool?
        var text: String?
        var bytea: [UInt8]?
        var timestamp: Int64?
        var uuid: UUID?

        static let null = Row()
    }

    static let edges: [Row] = [
        .null,
        Row(
            int8: 9_007_199_254_740_993, int4: .max, int2: .min, float8: 0.1, float4: 0.1, bool: true, text: "naïve — 日本語 🏦",
            bytea: [0, 255, 92, 39], timestamp: 1_700_000_000_123_456, uuid: UUID()),
        Row(
            int8: .min, int4: .min, int2: .max, float8: -0.0, float4: -0.0, bool: false, text: "", bytea: [], timestamp: .min,
            uuid: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))),
        Row(
            int8: .max, int4: 0, int2: 0, float8: .infinity, float4: -.infinity, bool: true, text: "\\N", bytea: [UInt8](0...255),
            timestamp: .max, uuid: UUID()),
        Row(
            int8: -1, int4: -1, int2: -1, float8: .leastNonzeroMagnitude, float4: .leastNonzeroMagnitude, bool: false,
            text: "tab\tnewline\nquote\"'", bytea: [10], timestamp: -5_000_000_000_000_001, uuid: UUID()),
    ]

    static let table = """
        CREATE TEMP TABLE t (
            n int8, int8 int8, int4 int4, int2 int2, float8 float8, float4 float4, bool bool, text text, bytea bytea,
            timestamp timestamptz, uuid uuid
        )
        """

    static func encode(_ row: Row, number: Int, into encoder: inout BinaryCopyEncoder) {
        encoder.append(Int64(number))
        if let value = row.int8 { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.int4 { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.int2 { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.float8 { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.float4 { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.bool { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.text { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.bytea { encoder.append(value) } else { encoder.appendNull() }
        if let value = row.timestamp {
            encoder.append(timestampMicroseconds: value)
        } else {
            encoder.appendNull()
        }
        if let value = row.uuid { encoder.append(value) } else { encoder.appendNull() }
    }

    static func decode(_ row: inout BinaryCopyRow) throws -> Row {
        try row.skip()
        return Row(
            int8: try row.nextInt64(), int4: try row.nextInt32(), int2: try row.nextInt16(), float8: try row.nextFloat64(),
            float4: try row.nextFloat32(), bool: try row.nextBool(), text: try row.nextText(), bytea: try row.nextBytes(),
            timestamp: try row.nextTimestampMicroseconds(), uuid: try row.nextUUID())
    }

    static func copyIn(_ rows: [Row], to connection: PostgresConnection) async throws -> Int {
        try await connection.copyInBinary("COPY t FROM STDIN (FORMAT binary)") { writer in
            for (number, row) in rows.enumerated() {
                try writer.beginRow(fieldCount: 11)
                encode(row, number: number, into: &writer.fields)
            }
        }
    }

    static func copyOut(_ sql: String, from connection: PostgresConnection) async throws -> [Row] {
        let (rows, decoder) = try await connection.copyOut(sql, into: ([Row](), BinaryCopyDecoder())) { state, message in
            try state.1.decode(message) { row in state.0.append(try decode(&row)) }
        }
        try decoder.finish()
        return rows
    }

    @Test func everyTypeComesBackAsItWent() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        let count = try await Self.copyIn(Self.edges, to: connection)
        #expect(count == Self.edges.count)
        let rows = try await Self.copyOut("COPY (SELECT * FROM t ORDER BY n) TO STDOUT (FORMAT binary)", from: connection)
        #expect(rows == Self.edges)
        #expect(rows[2].float8?.sign == .minus)
    }

    @Test func postgresReadsTheValuesAsMeant() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        _ = try await Self.copyIn(Self.edges, to: connection)
        let result = try await connection.execute(
            "SELECT int8, float8, timestamp, encode(bytea, 'hex') FROM t WHERE n > 0 ORDER BY n")
        #expect(
            result.rows == [
                ["9007199254740993", "0.1", "2023-11-14 22:13:20.123456+00", "00ff5c27"],
                ["-9223372036854775808", "-0", "-infinity", ""],
                ["9223372036854775807", "Infinity", "infinity", [UInt8](0...255).map { hex($0) }.joined()],
                ["-1", "5e-324", "1811-07-23 15:06:39.999999+00", "0a"],
            ])
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    @Test func notANumberStaysOne() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        _ = try await Self.copyIn([Row(float8: .nan, float4: .nan)], to: connection)
        let rows = try await Self.copyOut("COPY t TO STDOUT (FORMAT binary)", from: connection)
        #expect(rows.first?.float8?.isNaN == true)
        #expect(rows.first?.float4?.isNaN == true)
    }

    @Test func manyRowsGoInPiecesAndKeepTheirOrder() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        let rows = (0..<30_000).map { number in
            Row(int8: Int64(number), text: number % 7 == 0 ? nil : "row \(number)", timestamp: Int64(number) * 1_000_003)
        }
        #expect(try await Self.copyIn(rows, to: connection) == rows.count)
        let back = try await Self.copyOut("COPY (SELECT * FROM t ORDER BY n) TO STDOUT (FORMAT binary)", from: connection)
        #expect(back == rows)
    }

    @Test func anEmptyTableIsAHeaderAndATrailer() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        #expect(try await Self.copyIn([], to: connection) == 0)
        #expect(try await Self.copyOut("COPY t TO STDOUT (FORMAT binary)", from: connection) == [])
    }

    @Test func aFiniteInstantBeforePostgresTimeIsRefusedNotWrapped() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute(Self.table)
        let instants: [Int64] = [.min + 1, .min + 946_684_800_000_000, -9_000_000_000_000_000_000]
        for microseconds in instants {
            let error = await #expect(throws: PostgresError.self) {
                _ = try await Self.copyIn([Row(timestamp: microseconds)], to: connection)
            }
            #expect(error?.message == "timestamp out of range")
        }
    }

    @Test func anInstantPastTheRangeOfMicrosecondsSince1970IsAnError() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.copyOut("COPY (SELECT '294276-12-31Z'::timestamptz) TO STDOUT (FORMAT binary)") { message in
                var decoder = BinaryCopyDecoder()
                try decoder.decode(message) { row in _ = try row.nextTimestampMicroseconds() }
            }
        }
        #expect(error?.code == .protocolMismatch)
        #expect(try await connection.execute("SELECT 1").firstCell == "1")
    }
}
