import Columnar
import Foundation
import Parquet
import TestSupport
import Testing

/// What pyarrow, DuckDB and Polars write, with many of their options, read by us: every value, bit by bit.
@Suite struct ReadFromPeersTests {
    @Test func whatTheOthersWriteIsRead() async throws {
        let folder = try Peers.makeScratchFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Peers.run("write.py", folder.path)

        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let expected = names.filter { $0.hasSuffix(".expected") }
        #expect(expected.count > 80)
        for (index, name) in expected.enumerated() {
            let path = folder.appending(path: String(name.dropLast(".expected".count))).path
            let text = try String(contentsOfFile: "\(path).expected", encoding: .utf8)
            do {
                let read = CanonicalText.text(try readAll(path, batchRows: [65_536, 1, 100, 8192, 2048][index % 5]))
                if read != text { Issue.record("\(name): \(firstDifference(read, text))") }
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
        for (name, message) in Self.refusals {
            let error = #expect(throws: ParquetError.self) { try readAll(folder.appending(path: "refused-\(name).parquet").path) }
            #expect(error?.description == message)
        }
        // A column that cannot be read does no harm to who does not ask for it.
        let table = try readAll(folder.appending(path: "refused-struct.parquet").path, columns: ["ok"])
        #expect(CanonicalText.text(table) == "# ok int64\n1\n")
    }

    private static let refusals = [
        "gzip": "cannot read the column `amount` of the Parquet file: compression GZIP; \(advice)",
        "brotli": "cannot read the column `amount` of the Parquet file: compression BROTLI; \(advice)",
        "lz4": "cannot read the column `amount` of the Parquet file: compression LZ4_RAW; \(advice)",
        "struct": "cannot read the column `s` of the Parquet file: it is a structure; \(advice)",
        "lists-of-lists": "cannot read the column `l` of the Parquet file: it is a list of lists or structures; \(advice)",
        "map": "cannot read the column `m` of the Parquet file: it is MAP; \(advice)",
        "time": "cannot read the column `t` of the Parquet file: it is of the type TIME; \(advice)",
        "uint64":
            "cannot read the column `u` of the Parquet file: a value that 64 bits, or microseconds in them, cannot hold; \(advice)",
    ]
    private static let advice = "write it with another type, encoding or compression"
}

/// A file's rows as one table.
func readAll(_ path: String, columns: [String]? = nil, batchRows: Int = 65_536) throws -> ColumnTable {
    let batches = try ParquetReader(path: path).batches(columns: columns, rows: batchRows)
    var tables: [ColumnTable] = []
    while let table = try batches.next() {
        if table.rowCount > batchRows { throw Peers.Failure(description: "a batch of \(table.rowCount) rows") }
        tables.append(table)
    }
    let columns = batches.fields.indices.map { index in
        Column.joined(tables.map { $0.columns[index] }, type: batches.fields[index].type)
    }
    return ColumnTable(names: batches.fields.map(\.name), columns: columns, rowCount: tables.reduce(0) { $0 + $1.rowCount })
}
