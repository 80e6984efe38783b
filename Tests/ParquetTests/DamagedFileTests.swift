import Columnar
import Foundation
import Parquet
import Testing

/// Files that are cut short or changed anywhere: an error or some rows, never a crash, and never memory without end.
@Suite struct DamagedFileTests {
    @Test func everyTruncationIsAnError() throws {
        let file = try bytes(rows: 60, .zstd(level: 1))
        try withFile { path in
            for length in 0..<file.count {
                try write(file.prefix(length), to: path)
                #expect(throws: ParquetError.self) { try readAll(path) }
            }
        }
    }

    @Test(arguments: [Compression.none, .snappy, .zstd(level: 1)])
    func changedBytesAreAnErrorOrRows(_ compression: Compression) throws {
        var random = SeededRandom(seed: 5)
        for rows in [1, 40, 700] {
            let file = try bytes(rows: rows, compression)
            try withFile { path in
                for _ in 0..<400 {
                    var damaged = file
                    for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&damaged, &random) }
                    try write(damaged[...], to: path)
                    do {
                        let table = try readAll(path)
                        // Rows that are read can be used.
                        _ = CanonicalText.text(table)
                    } catch let error as ParquetError {
                        #expect(!error.description.contains("\n"))
                    }
                }
            }
        }
    }

    /// The footer's lengths and counts set to numbers that nothing can have.
    @Test func claimsWithoutEndAreErrors() throws {
        let file = try bytes(rows: 40, .none)
        let footerStart = file.count - 8 - Int(file[file.count - 8]) - Int(file[file.count - 7]) << 8
        try withFile { path in
            for position in footerStart..<file.count - 8 {
                for claim: [UInt8] in [
                    [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], [0],
                ] {
                    var damaged = file
                    for (offset, byte) in claim.enumerated() where position + offset < file.count - 8 {
                        damaged[position + offset] = byte
                    }
                    try write(damaged[...], to: path)
                    do { _ = try readAll(path) } catch is ParquetError {}
                }
            }
        }
    }

    @Test func whatIsNoParquetFileIsSaid() throws {
        func message(_ body: () throws -> Void) -> String? { #expect(throws: ParquetError.self, performing: body)?.description }
        try withFile { path in
            for text in ["", "PAR1", "id,amount\n1,2.5\n", String(repeating: "x", count: 1000)] {
                try write(Array(text.utf8)[...], to: path)
                #expect(message { _ = try ParquetReader(path: path) } == ParquetError.notParquet.description)
            }
            try write(Array("PAR1xxxx\u{1}\u{0}\u{0}\u{0}PARE".utf8)[...], to: path)
            #expect(message { _ = try ParquetReader(path: path) } == "cannot read the Parquet file: it is encrypted")
        }
        #expect(
            message { _ = try ParquetReader(path: "/nonexistent.parquet") }
                == "cannot open `/nonexistent.parquet`: No such file or directory")
        #expect(message { _ = try ParquetReader(path: "/dev/null") }?.contains("it is not a file") == true)
    }

    /// A bit, a byte, or several at once; sometimes some are missing or twice.
    private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 2: for index in position..<min(position + 8, bytes.count) { bytes[index] = 0xFF }
        case 3: bytes.remove(at: position)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
        }
    }

    private func bytes(rows: Int, _ compression: Compression) throws -> [UInt8] {
        let types: [ColumnType] = [.bool, .int64, .float64, .string, .uuid, .list(.int32), .list(.string), .vector(3)]
        var bytes: [UInt8] = []
        var options = ParquetWriterOptions()
        options.compression = compression
        options.rowGroupRows = 300
        options.pageBytes = 500
        let table = AdversarialColumns.table(
            of: types, rows: rows, nulls: .few, spread: rows == 40 ? .few : .unique, seed: UInt64(rows))
        let writer = try ParquetWriter(fields: table.fields, options: options) { bytes.append(contentsOf: $0) }
        try writer.write(table)
        try writer.finish()
        return bytes
    }

    private func write(_ bytes: ArraySlice<UInt8>, to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }
}
