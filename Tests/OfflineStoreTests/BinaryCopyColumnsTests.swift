import Columnar
import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// What a binary COPY sends becomes the cells that Postgres holds, for every form.
@Suite struct BinaryCopyColumnsTests {
    /// One more row than a buffer has room for, and NULLs here and there.
    private static let rows = 2049

    @Test func everyFormIsDecoded() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("columns"))
        let expressions: [(String, WireForm)] = [
            ("i % 2 = 0", .bool), ("(i - 7)::int2", .int16), ("(i - 7)::int4", .int32), ("(i - 7)::int8", .int64),
            ("(i / 3.0)::float4", .float32), ("(i / 3.0)::float8", .float64),
            ("'1969-12-31 23:00Z'::timestamptz + i * interval '1 minute 1 us'", .timestamp), ("'1969-12-31'::date + i", .date),
            ("repeat('ñ', i % 5)", .string), ("('\\x' || repeat('0a', i % 3))::bytea", .bytes),
            ("md5(i::text)::uuid", .uuid), ("ARRAY[i, NULL, 2 * i]::int8[]", .list(.int64)),
            ("ARRAY[i / 2.0, -1]::real[]", .vector(2)),
        ]
        let columns = expressions.map { "CASE WHEN i % 7 <> 3 THEN \($0.0) END" }.joined(separator: ", ")
        let sql = "COPY (SELECT \(columns) FROM generate_series(0, \(Self.rows - 1)) AS i) TO STDOUT (FORMAT binary)"
        let decoded = try await connection.copyOut(sql, into: BinaryCopyColumns(expressions.map(\.1))) { columns, message in
            try columns.append(message)
        }
        try decoded.finish()
        let (cells, rowCount) = try decoded.take()
        #expect(rowCount == Self.rows)
        let texts = try await connection.execute("SELECT \(columns) FROM generate_series(0, \(Self.rows - 1)) AS i").rows
        for (index, column) in cells.enumerated() {
            #expect(column.type == expressions[index].1.columnType && column.count == Self.rows)
            for row in 0..<Self.rows {
                var expected = texts[row][index]
                // Postgres leaves out zeros at the end.
                if case .timestamp = column { expected = expected.flatMap(Timestamp.init)?.description }
                #expect(Self.text(column, row) == expected, "\(expressions[index].0), row \(row)")
            }
        }
        await connection.close()
    }

    /// Rows of eight-byte fields alone go column by column, up to the next that has a NULL.
    @Test(arguments: [1, 2, 3, 700, 5000])
    func rowsOfEqualLengthAreDecodedAsOthersAre(nullEvery: Int) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("columns"))
        let rows = 5000
        let columns = """
            CASE WHEN i % \(nullEvery) <> \(nullEvery) - 1 THEN i * 1234567891::int8 - 7 END AS number,
            CASE i % 500 WHEN 7 THEN '-infinity' WHEN 8 THEN 'infinity' ELSE '1999-12-31'::timestamptz + i * interval '1 s 1 us' END
                AS instant,
            CASE WHEN (i + 1) % \(nullEvery) <> \(nullEvery) - 1 THEN i / 3.0::float8 END AS float
            """
        let query = "SELECT \(columns) FROM generate_series(0, \(rows - 1)) AS i"
        // The text has a width of its own, so that this decoder goes row by row.
        let byColumn = try await Self.decoded("\(query)", [.int64, .timestamp, .float64], connection)
        let byRow = try await Self.decoded(
            "SELECT *, 'a' FROM (\(query)) AS q", [.int64, .timestamp, .float64, .string], connection)
        guard case (.int64(let left), .int64(let right)) = (byColumn[0], byRow[0]),
            case (.timestamp(let leftTimes), .timestamp(let rightTimes)) = (byColumn[1], byRow[1]),
            case (.float64(let leftFloats), .float64(let rightFloats)) = (byColumn[2], byRow[2])
        else { return #expect(Bool(false)) }
        #expect(left.count == rows && left.validity == right.validity && left.values == right.values)
        #expect(leftTimes.validity == rightTimes.validity && leftTimes.values == rightTimes.values)
        #expect(leftFloats.validity == rightFloats.validity && leftFloats.values == rightFloats.values)
        await connection.close()
    }

    private static func decoded(_ query: String, _ forms: [WireForm], _ connection: PostgresConnection) async throws -> [Column] {
        let sql = "COPY (\(query)) TO STDOUT (FORMAT binary)"
        let decoder = try await connection.copyOutInRuns(sql, into: BinaryCopyColumns(forms)) { try $0.append($1) }
        try decoder.finish()
        return try decoder.take().columns
    }

    @Test func aKeyOfSeveralColumnsIsNullWhenOneIs() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("columns"))
        let sql = """
            COPY (VALUES ('a', 'bc', 1), ('ab', 'c', 2), ('a', NULL, 3), ('a', 'bc', 4)) TO STDOUT (FORMAT binary)
            """
        let decoded = try await connection.copyOut(sql, into: BinaryCopyColumns([.composite(2), .int32])) { columns, message in
            try columns.append(message)
        }
        guard case .bytes(let keys) = try decoded.take().columns[0] else { return #expect(Bool(false)) }
        #expect(keys[0] == keys[3] && keys[0] != keys[1] && keys[2] == nil)
        await connection.close()
    }

    @Test func aVectorOfAnotherLengthIsAnError() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("columns"))
        for array in ["'{1,2,3}'::real[]", "'{1,NULL}'::real[]", "'{{1,2}}'::real[]"] {
            await #expect(throws: PostgresError.self) {
                _ = try await connection.copyOut(
                    "COPY (SELECT \(array)) TO STDOUT (FORMAT binary)", into: BinaryCopyColumns([.vector(2)])
                ) { columns, message in try columns.append(message) }
            }
        }
        await connection.close()
    }

    /// The cell as Postgres prints it; nil for NULL.
    private static func text(_ column: Column, _ row: Int) -> String? {
        guard column.validity.isValid(row) else { return nil }
        switch column {
        case .bool(let cells): return cells.values[row] ? "t" : "f"
        case .int16(let cells): return "\(cells.values[row])"
        case .int32(let cells): return "\(cells.values[row])"
        case .int64(let cells): return "\(cells.values[row])"
        case .float32(let cells): return trimmed("\(cells.values[row])")
        case .float64(let cells): return trimmed("\(cells.values[row])")
        case .timestamp(let cells): return Timestamp(microseconds: cells.values[row]).description
        case .date(let cells):
            let day = Timestamp(microseconds: Int64(cells.values[row]) * 86_400_000_000)
            return "\(day)".prefix(10).description
        case .string(let cells): return cells[row].map { String(decoding: $0, as: UTF8.self) }
        case .bytes(let cells): return cells[row].map { "\\x" + $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        case .uuid(let cells):
            let value = cells.values[row]
            return UUIDBytes(high: UInt64(value >> 64), low: UInt64(truncatingIfNeeded: value)).description
        case .list(let cells):
            return "{"
                + (cells.offsets[row]..<cells.offsets[row + 1]).map { text(cells.elements, $0) ?? "NULL" }.joined(separator: ",")
                + "}"
        case .vector(let cells):
            let values = cells.values[row * cells.dimension..<(row + 1) * cells.dimension]
            return "{" + values.map { trimmed("\($0)") }.joined(separator: ",") + "}"
        }
    }

    private static func trimmed(_ number: String) -> String {
        number.hasSuffix(".0") ? String(number.dropLast(2)) : number
    }
}
