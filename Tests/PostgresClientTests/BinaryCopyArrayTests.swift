import PostgresClient
import Testing

/// Arrays in a binary COPY.
@Suite struct BinaryCopyArrayTests {
    private static let lists: [[Int64?]?] = [nil, [], [nil], [1], [.min, nil, .max], (0..<300).map { $0 % 7 == 0 ? nil : $0 }]

    @Test func arraysComeBackAsTheyWentAndPostgresReadsThemAsMeant() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int8, a int8[], b text[])")
        try await connection.copyInBinary("COPY t FROM STDIN (FORMAT binary)") { writer in
            for (number, list) in Self.lists.enumerated() {
                try writer.beginRow(fieldCount: 3)
                writer.fields.append(Int64(number))
                guard let list else {
                    writer.fields.appendNull()
                    writer.fields.appendNull()
                    continue
                }
                writer.fields.appendArray(of: .int8, count: list.count, hasNull: list.contains { $0 == nil }) { encoder in
                    for value in list { if let value { encoder.append(value) } else { encoder.appendNull() } }
                }
                writer.fields.append(textArray: list.map { $0.map { "\($0), \"é\"" } })
            }
        }
        let texts = try await connection.execute("SELECT a, b, array_lower(a, 1) FROM t ORDER BY n LIMIT 5").rows
        #expect(texts.map { $0[0] } == [nil, "{}", "{NULL}", "{1}", "{-9223372036854775808,NULL,9223372036854775807}"])
        #expect(texts[3][1] == #"{"1, \"é\""}"# && texts[3][2] == "1")
        let back = try await connection.copyOut(
            "COPY (SELECT a, b FROM t ORDER BY n) TO STDOUT (FORMAT binary)",
            into: (decoder: BinaryCopyDecoder(), numbers: [[Int64?]?](), texts: [[String?]?]())
        ) { state, message in
            try state.decoder.decode(message) { row in
                state.numbers.append(try Self.integers(&row))
                state.texts.append(try Self.texts(&row))
            }
        }
        #expect(back.numbers == Self.lists)
        #expect(back.texts == Self.lists.map { $0.map { list in list.map { $0.map { "\($0), \"é\"" } } } })
    }

    private static func integers(_ row: inout BinaryCopyRow) throws(PostgresError) -> [Int64?]? {
        guard var elements = try row.nextArray(of: .int8) else { return nil }
        var values: [Int64?] = []
        for _ in 0..<elements.fieldCount { values.append(try elements.nextInt64()) }
        return values
    }

    private static func texts(_ row: inout BinaryCopyRow) throws(PostgresError) -> [String?]? {
        guard var elements = try row.nextArray(of: .text) else { return nil }
        var values: [String?] = []
        for _ in 0..<elements.fieldCount { values.append(try elements.nextText()) }
        return values
    }

    @Test(arguments: [
        ("'{{1,2},{3,4}}'::int8[]", "2 dimensions"), ("'{1}'::int4[]", "of type 23 where 20"), ("'{1}'::text", "ends inside"),
    ])
    func whatIsNoSuchArrayIsAnError(value: String, message: String) async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.copyOut("COPY (SELECT \(value)) TO STDOUT (FORMAT binary)") { text in
                var decoder = BinaryCopyDecoder()
                try decoder.decode(text) { row in _ = try Self.integers(&row) }
            }
        }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
}
