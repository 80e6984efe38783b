import Columnar
import Foundation
import Parquet
import TestSupport
import Testing

/// What we write, read by pyarrow, DuckDB and Polars: every value, bit by bit.
@Suite struct ReadByPeersTests {
    /// A table and how it is written.
    private struct Case {
        var name: String
        var table: ColumnTable
        var options = ParquetWriterOptions()
        var batchRows = Int.max
    }

    @Test func everyTypeAndNullPatternIsReadBack() async throws {
        var cases: [Case] = []
        for (index, rows) in [0, 1, 7, 8, 9, 64, 65, 1000].enumerated() {
            for (number, nulls) in NullPattern.allCases.enumerated() where rows != 0 || nulls == .none {
                let spread = Spread.allCases[(index + number) % 4]
                var item = Case(
                    name: "\(rows)-\(nulls)-\(spread)",
                    table: AdversarialColumns.table(rows: rows, nulls: nulls, spread: spread, seed: UInt64(index * 100 + number)))
                item.options.compression = [.none, .snappy, .zstd(level: 1), .zstd(level: 9)][(index + number / 2) % 4]
                item.options.rowGroupRows = [131_072, 64, 7, 1000, 333][(index + number) % 5]
                item.options.pageBytes = [1 << 20, 100, 1][number % 3]
                item.batchRows = [Int.max, 3, 100][number % 3]
                cases.append(item)
            }
        }
        try await check(cases)
    }

    /// Dictionaries of many entries and given up ones, pages and row groups of the sizes that files really have.
    @Test func largeTablesAreReadBack() async throws {
        var cases: [Case] = []
        for (number, spread) in Spread.allCases.enumerated() {
            cases.append(
                Case(
                    name: "large-\(spread)",
                    table: AdversarialColumns.table(
                        of: [.int64, .float64, .timestamp, .string, .list(.int32), .bool], rows: 20_001,
                        nulls: [.few, .none, .longRuns, .most][number], spread: spread, seed: UInt64(number)),
                    batchRows: 4096))
            cases[number].options.rowGroupRows = [131_072, 8192, 20_000, 10_000][number]
            cases[number].options.pageBytes = [1 << 20, 10_000, 4096, 30_000][number]
        }
        try await check(cases)
    }

    /// Byte widths of indices: 1, 2, 8, 9, 16 and 17 entries and so on.
    @Test func dictionariesOfEverySizeAreReadBack() async throws {
        let cases = [1, 2, 3, 4, 5, 8, 9, 16, 17, 255, 256, 257, 1000, 4097].map { distinct in
            let numbers = (0..<20_000).map { ($0 * 7919) % distinct }
            var strings = BytesColumn()
            for number in numbers { strings.append("value \(number)".utf8) }
            let columns: [Column] = [
                .int64(PrimitiveColumn(ContiguousArray(numbers.map { Int64($0) << 32 }))),
                .float64(PrimitiveColumn(ContiguousArray(numbers.map { Double($0) - 0.0 }))),
                .string(strings),
            ]
            return Case(
                name: "dictionary-\(distinct)", table: ColumnTable(names: ["i", "d", "s"], columns: columns, rowCount: 20_000))
        }
        try await check(cases)
    }

    private func check(_ cases: [Case]) async throws {
        let folder = try Peers.makeScratchFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = cases.map { folder.appending(path: "\($0.name).parquet").path }
        for (item, path) in zip(cases, paths) { try write(item.table, to: path, item.options, batchRows: item.batchRows) }
        let list = folder.appending(path: "list").path
        try paths.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
        try await Peers.run("read.py", list)

        for (item, path) in zip(cases, paths) {
            let expected = CanonicalText.text(item.table)
            for library in Peers.libraries {
                let read = try String(contentsOfFile: "\(path).\(library)", encoding: .utf8)
                if read != expected { Issue.record("\(item.name) by \(library): \(firstDifference(read, expected))") }
            }
        }
    }
}

/// Writes a table in batches of so many rows.
func write(_ table: ColumnTable, to path: String, _ options: ParquetWriterOptions, batchRows: Int = .max) throws {
    let writer = try ParquetWriter(path: path, fields: table.fields, options: options)
    for batch in table.batches(of: batchRows) { try writer.write(batch) }
    try writer.finish()
}

/// Where two texts part, for the message of a test that fails.
func firstDifference(_ left: String, _ right: String) -> String {
    let (left, right) = (left.split(separator: "\n"), right.split(separator: "\n"))
    let line = zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset ?? min(left.count, right.count)
    let column = right.prefix(line + 1).last { $0.hasPrefix("# ") } ?? "nothing"
    func text(_ lines: [Substring]) -> Substring { line < lines.count ? lines[line].prefix(300) : "nothing" }
    return "line \(line) in \(column): \(text(left)) instead of \(text(right))"
}
