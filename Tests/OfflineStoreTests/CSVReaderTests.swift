import Foundation
import Testing

@testable import OfflineStore

@Suite struct CSVReaderTests {
    /// Reads a whole file: the header, and each record's fields, nil for NULL.
    private func read(_ bytes: [UInt8]) throws -> (header: [String], rows: [[String?]]) {
        let path = FileManager.default.temporaryDirectory.appending(path: "asof-csv-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = try CSVReader(path: path)
        var record = CSVRecord()
        var rows: [[String?]] = []
        while try reader.next(into: &record) { rows.append((0..<record.count).map(record.text)) }
        return (reader.header, rows)
    }

    private func read(_ text: String) throws -> (header: [String], rows: [[String?]]) { try read(Array(text.utf8)) }

    private func problem(_ bytes: [UInt8]) -> (line: Int?, problem: CSVError.Problem)? {
        let error = #expect(throws: CSVError.self) { _ = try read(bytes) }
        return error.map { ($0.line, $0.problem) }
    }

    @Test func anUnquotedEmptyFieldIsNullAndAQuotedOneIsNot() throws {
        let csv = try read("a,b,c\n,\"\",x\n")
        #expect(csv.rows == [[nil, "", "x"]])
    }

    @Test(arguments: [
        "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "\u{FEFF}a,b\r\n1,2\n3,4\r\n", "a,b\n\n1,2\n\r\n3,4\n\n",
    ])
    func lineEndsByteOrderMarksAndBlankLinesDoNotMatter(text: String) throws {
        let csv = try read(text)
        #expect(csv.header == ["a", "b"])
        #expect(csv.rows == [["1", "2"], ["3", "4"]])
    }

    @Test func quotedFieldsHoldCommasQuotesAndLineEnds() throws {
        let csv = try read("a,b\n\"x, \"\"y\"\"\r\nz\",\"\n\"\n")
        #expect(csv.rows == [["x, \"y\"\r\nz", "\n"]])
    }

    @Test func aCarriageReturnInsideAFieldStays() throws {
        #expect(try read("a,b\nx\ry,z\n").rows == [["x\ry", "z"]])
    }

    @Test func aHeaderAloneHasNoRows() throws {
        #expect(try read("a,b\n").rows.isEmpty)
    }

    /// Records longer than a chunk, and fields that are cut by a chunk's end.
    @Test func longRecordsAreReadWhole() throws {
        let long = String(repeating: "é,\"", count: 200_000)
        let quoted = "\"" + long.replacing("\"", with: "\"\"") + "\""
        let csv = try read("a,b\n1,\(quoted)\n2,x\n")
        #expect(csv.rows == [["1", long], ["2", "x"]])
    }

    @Test func faultsAreNamedWithTheirLine() throws {
        #expect(problem(Array("".utf8))?.problem == .noHeader)
        #expect(problem(Array("a,,c\n".utf8))?.problem == .emptyColumnName(position: 2))
        #expect(problem(Array("a,b,a\n".utf8))?.problem == .duplicateColumn("a"))
        let short = problem(Array("a,b\n1,2\n\n\"x\ny\",2\n3\n".utf8))
        #expect(short?.line == 6 && short?.problem == .fieldCount(found: 1, expected: 2))
        let unclosed = problem(Array("a,b\n1,2\n\"x,2\n3,4\n".utf8))
        #expect(unclosed?.line == 3 && unclosed?.problem == .unclosedQuote)
        let after = problem(Array("a,b\n\"x\"y,2\n".utf8))
        #expect(after?.line == 2 && after?.problem == .textAfterQuote)
        let inside = problem(Array("a,b\nx\"y,2\n".utf8))
        #expect(inside?.line == 2 && inside?.problem == .quoteInsideField)
        let invalid = problem(Array("a,b\n1,2\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A])
        #expect(invalid?.line == 3 && invalid?.problem == .notUTF8)
        let nul = problem(Array("a,b\n1,\0\n".utf8))
        #expect(nul?.line == 2 && nul?.problem == .containsNUL)
    }

    @Test func aMissingFileIsSaidInOneLine() throws {
        let error = #expect(throws: CSVError.self) { _ = try CSVReader(path: "/nowhere/spine.csv") }
        #expect(error?.description.hasPrefix("/nowhere/spine.csv: cannot open the file: ") == true)
        #expect(error?.description.contains("\n") == false)
    }
}
