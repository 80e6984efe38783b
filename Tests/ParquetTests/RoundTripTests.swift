import Columnar
import Foundation
import Parquet
import TestSupport
import Testing

/// What we write is what we read, and what we write depends on the rows and the options alone.
@Suite struct RoundTripTests {
    @Test(arguments: NullPattern.allCases, Spread.allCases)
    func everyTypeComesBack(nulls: NullPattern, spread: Spread) throws {
        for (index, rows) in [0, 1, 8, 65, 1000].enumerated() {
            let table = AdversarialColumns.table(rows: rows, nulls: nulls, spread: spread, seed: UInt64(rows) + 3)
            var options = ParquetWriterOptions()
            options.compression = [.none, .snappy, .zstd(level: 1)][index % 3]
            options.rowGroupRows = [7, 131_072, 100][index % 3]
            options.pageBytes = [50, 1 << 20, 1000][index % 3]
            try withFile { path in
                try write(table, to: path, options)
                for batchRows in [1, 64, 65_536] where batchRows > 1 || rows < 100 {
                    let read = try readAll(path, batchRows: batchRows)
                    #expect(read.fields == table.fields)
                    let (text, expected) = (CanonicalText.text(read), CanonicalText.text(table))
                    if text != expected { Issue.record("\(rows) rows by \(batchRows): \(firstDifference(text, expected))") }
                }
            }
        }
    }

    @Test func theBytesDependOnTheRowsAlone() throws {
        let table = AdversarialColumns.table(rows: 3000, nulls: .few, spread: .unique, seed: 9)
        var options = ParquetWriterOptions()
        options.metadata = [("b", "2"), ("a", "1")]
        // Both bounds end row groups.
        options.rowGroupRows = 700
        options.rowGroupBytes = 500_000
        options.pageBytes = 2000
        let whole = try bytes(of: [table], options)
        options.parallelism = 4
        for rows in [1, 7, 256, 700, 2999] {
            #expect(try bytes(of: table.batches(of: rows), options) == whole, "in batches of \(rows) rows")
        }
        try withFile { path in
            try write(table, to: path, options)
            #expect(try ContiguousArray(Data(contentsOf: URL(filePath: path))) == whole)
            let reader = try ParquetReader(path: path)
            #expect(reader.keyValues.prefix(2).map(\.key) == ["b", "a"])
            #expect(reader.rowCount == 3000)
        }
    }

    @Test func columnsAreReadInTheOrderAskedFor() throws {
        let table = AdversarialColumns.table(of: [.int64, .string, .bool], rows: 100, nulls: .few, spread: .few, seed: 1)
        try withFile { path in
            try write(table, to: path, ParquetWriterOptions())
            let read = try readAll(path, columns: ["bool", "int64"])
            let expected = ColumnTable(names: ["bool", "int64"], columns: [table.columns[2], table.columns[0]], rowCount: 100)
            #expect(CanonicalText.text(read) == CanonicalText.text(expected))
            let error = #expect(throws: ParquetError.self) { try readAll(path, columns: ["nope"]) }
            #expect(error?.description == "the Parquet file has no column `nope`; it has `int64`, `string`, `bool`")
        }
    }

    @Test func whatCannotBeWrittenIsNamed() throws {
        func message(_ fields: [ColumnTable.Field]) -> String? {
            #expect(throws: ParquetError.self) { _ = try ParquetWriter(fields: fields) { _ in } }?.description
        }
        #expect(
            message([.init(name: "x", type: .list(.list(.int64)))])
                == "cannot write the column `x` to Parquet: a list of lists has no place in a training set")
        #expect(
            message([.init(name: "x", type: .int64), .init(name: "x", type: .bool)])
                == "cannot write the column `x` to Parquet: there are two of this name")
        let error = #expect(throws: ParquetError.self) {
            _ = try ParquetWriter(path: "/nonexistent/x.parquet", fields: [.init(name: "x", type: .int64)])
        }
        #expect(error?.description == "cannot open `/nonexistent/x.parquet`: No such file or directory")
    }

    private func bytes(of batches: [ColumnTable], _ options: ParquetWriterOptions) throws -> ContiguousArray<UInt8> {
        var bytes = ContiguousArray<UInt8>()
        let writer = try ParquetWriter(fields: batches[0].fields, options: options) { bytes.append(contentsOf: $0) }
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        return bytes
    }
}

/// A file name that is free, and the file gone afterwards.
func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try Peers.makeScratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.appending(path: "table.parquet").path)
}
