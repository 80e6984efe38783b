import PostgresClient
import Testing

@Suite struct BinaryCopyDecoderTests {
    static var oneRow: [UInt8] {
        var encoder = BinaryCopyEncoder()
        encoder.beginRow(fieldCount: 2)
        encoder.append(Int64(7))
        encoder.append("seven")
        encoder.finish()
        return encoder.bytes
    }

    func decode(_ bytes: [UInt8], row: (inout BinaryCopyRow) throws -> Void = { _ in }) throws {
        var decoder = BinaryCopyDecoder()
        try bytes.withUnsafeBytes { try decoder.decode($0, row: row) }
        try decoder.finish()
    }

    @Test func unreadFieldsAreSkipped() throws {
        var counts: [Int] = []
        try decode(Self.oneRow) { row in counts.append(row.fieldCount) }
        #expect(counts == [2])
    }

    @Test func everyCutOfAStreamIsAnError() {
        for length in 0..<Self.oneRow.count {
            let error = #expect(throws: PostgresError.self, "cut to \(length) bytes") {
                try decode(Array(Self.oneRow.prefix(length)))
            }
            #expect(error?.code == .protocolMismatch)
        }
    }

    @Test func whatIsNotACopyStreamIsAnError() {
        #expect(throws: PostgresError.self) { try decode(Array("id,name\n1,one\n and more".utf8)) }
        #expect(throws: PostgresError.self) { try decode(Self.oneRow + [0, 1]) }
    }

    @Test func aFieldOfAnotherTypeIsAnError() {
        let error = #expect(throws: PostgresError.self) {
            try decode(Self.oneRow) { row in _ = try row.nextInt32() }
        }
        #expect(
            error?.description
                == "the binary COPY stream is malformed: a field has 8 bytes where its type has 4")
    }

    @Test func readingPastTheLastFieldIsAnError() {
        let error = #expect(throws: PostgresError.self) {
            try decode(Self.oneRow) { row in for _ in 0..<3 { try row.skip() } }
        }
        #expect(error?.description == "the binary COPY stream is malformed: a row has only 2 fields")
    }
}
