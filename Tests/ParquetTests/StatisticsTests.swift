import Columnar
import Foundation
import Parquet
import TestSupport
import Testing

/// The bounds and NULL counts that the footer gives, as pyarrow sees them, and as filters of DuckDB and Polars use them.
@Suite struct StatisticsTests {
    @Test func boundsAreThoseOfTheValues() async throws {
        let folder = try Peers.makeScratchFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "table.parquet").path
        let table = AdversarialColumns.table(of: Self.types, rows: 400, nulls: .few, spread: .unique, seed: 77)
        var options = ParquetWriterOptions()
        options.rowGroupRows = 20
        try write(table, to: path, options)
        try await Peers.run("statistics.py", path)

        let said = try String(contentsOfFile: "\(path).statistics", encoding: .utf8).split(separator: "\n")
        var expected: [String] = []
        for (group, batch) in table.batches(of: 20).enumerated() {
            for (field, column) in zip(batch.fields, batch.columns) {
                expected.append("\(group) \(field.name) \(Self.statistics(column))")
            }
        }
        #expect(said.count == expected.count)
        for (said, expected) in zip(said, expected) { #expect(String(said) == expected) }
    }

    @Test(arguments: [
        // A NaN: no bounds, since it is greater than any. One zero: both signs.
        ([Double.nan, -.nan], "unknown"),
        ([1, .nan, -1], "unknown"),
        ([0.0], "8000000000000000 0000000000000000 True True"),
        ([-0.0, 5], "8000000000000000 4014000000000000 True True"),
        ([-0.0, -5], "c014000000000000 0000000000000000 True True"),
        ([.infinity], "7ff0000000000000 7ff0000000000000 True True"),
    ])
    func floatsAreBoundedByTheFormatsRules(values: [Double], bounds: String) async throws {
        #expect(try await said(of: .float64(PrimitiveColumn(ContiguousArray(values + values)))) == "nulls 0 bounds \(bounds)")
    }

    @Test(arguments: [
        (["é", "z", ""], "x xc3a9 True True"),
        ([String(repeating: "a", count: 64)], "x\(hex("61", 64)) x\(hex("61", 64)) True True"),
        ([String(repeating: "a", count: 65)], "x\(hex("61", 64)) x\(hex("61", 63))62 False False"),
        // No character is cut in two; after U+D7FF comes U+E000; the last character of all cannot be raised.
        ([String(repeating: "ü", count: 40) + "€"], "x\(hex("c3bc", 32)) x\(hex("c3bc", 31))c3bd False False"),
        (["a" + String(repeating: "\u{D7FF}", count: 30)], "x61\(hex("ed9fbf", 21)) x61\(hex("ed9fbf", 20))ee8080 False False"),
        ([String(repeating: "\u{10FFFF}", count: 30)], "unknown"),
        (["b\u{10FFFF}" + String(repeating: "\u{10FFFF}", count: 30)], "x62\(hex("f48fbfbf", 15)) x63 False False"),
    ])
    func longTextIsBoundedByShortText(values: [String], bounds: String) async throws {
        var column = BytesColumn()
        for value in values { column.append(value.utf8) }
        #expect(try await said(of: .string(column)) == "nulls 0 bounds \(bounds)")
    }

    private static let types: [ColumnType] = [
        .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid,
    ]

    /// What pyarrow finds said of a file of one column, the row group's and the column's names left out.
    private func said(of column: Column) async throws -> String? {
        let folder = try Peers.makeScratchFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "table.parquet").path
        let table = ColumnTable(names: ["x"], columns: [column], rowCount: column.count)
        try write(table, to: path, ParquetWriterOptions())
        try await Peers.run("statistics.py", path)
        let lines = try String(contentsOfFile: "\(path).statistics", encoding: .utf8).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("0 x ") }) else { return nil }
        return String(line.dropFirst("0 x ".count))
    }

    private static func statistics(_ column: Column) -> String {
        let rows = 0..<column.count
        let nulls = rows.count { !column.validity.isValid($0) }
        let present = rows.filter { column.validity.isValid($0) }
        return "nulls \(nulls) bounds \(bounds(column, present) ?? "unknown")"
    }

    /// Written as loops over the values, apart from what the writer does.
    private static func bounds(_ column: Column, _ rows: [Int]) -> String? {
        switch column {
        case .bool(let column): numbers(rows.map { column.values[$0] ? 1 : 0 })
        case .int16(let column): numbers(rows.map { column.values[$0] })
        case .int32(let column), .date(let column): numbers(rows.map { column.values[$0] })
        case .int64(let column), .timestamp(let column): numbers(rows.map { column.values[$0] })
        case .float32(let column): floats(rows.map { Double(column.values[$0]) })
        case .float64(let column): floats(rows.map { column.values[$0] })
        case .string(let column): bytes(rows.map { Array(column.bytes[column.range($0)]) }, isText: true)
        case .bytes(let column): bytes(rows.map { Array(column.bytes[column.range($0)]) }, isText: false)
        case .uuid(let column):
            bytes(rows.map { row in withUnsafeBytes(of: column.values[row].bigEndian) { Array($0) } }, isText: false)
        case .list, .vector: nil
        }
    }

    private static func numbers(_ values: [some FixedWidthInteger]) -> String? {
        guard let minimum = values.min(), let maximum = values.max() else { return nil }
        return "\(minimum) \(maximum) True True"
    }

    private static func floats(_ values: [Double]) -> String? {
        guard !values.contains(where: \.isNaN), var minimum = values.min(), var maximum = values.max() else { return nil }
        if minimum == 0 { minimum = -0.0 }
        if maximum == 0 { maximum = 0.0 }
        func hex(_ value: Double) -> String {
            (String(repeating: "0", count: 16) + String(value.bitPattern, radix: 16)).suffix(16).description
        }
        return "\(hex(minimum)) \(hex(maximum)) True True"
    }

    private static func bytes(_ values: [[UInt8]], isText: Bool) -> String? {
        let sorted = values.sorted { $0.lexicographicallyPrecedes($1) }
        guard let minimum = sorted.first, let maximum = sorted.last else { return nil }
        var upper = Array(maximum.prefix(64))
        if maximum.count > 64 {
            // Of the long values of the generator: 70 times U+10FFFF and 100 times 0xFF have no short upper bound.
            guard upper[0] != 0xF4, upper[0] != 0xFF else { return nil }
            upper[upper.count - 1] += 1
        }
        func text(_ bytes: some Sequence<UInt8>) -> String {
            "x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        func name(_ isTrue: Bool) -> String { isTrue ? "True" : "False" }
        return "\(text(minimum.prefix(64))) \(text(upper)) \(name(minimum.count <= 64)) \(name(maximum.count <= 64))"
    }
}

private func hex(_ digits: String, _ count: Int) -> String { String(repeating: digits, count: count) }
