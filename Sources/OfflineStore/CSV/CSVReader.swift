import FeatureDefs
import Foundation

/// Reads a CSV file record by record, in memory bounded by the longest record (RFC 4180; LF or CRLF; a byte order mark is skipped).
///
/// Ours because SwiftCSV holds the whole file and cannot tell an unquoted empty field (NULL) from a quoted one.
package struct CSVReader {
    package let path: String
    /// The column names, from the first record.
    package private(set) var header: [String] = []

    private let file: FileHandle
    private var chunk: [UInt8] = []
    private var position = 0
    private var line = 1
    private var isAtEnd = false

    private static let chunkSize = 1 << 18

    /// - Parameter isReadOnce: whether no other reader opens the path, so that it may be a pipe.
    package init(path: String, isReadOnce: Bool = false) throws(CSVError) {
        // Opening a pipe waits for who writes to it.
        if !isReadOnce, let obstacle = FilePlace.obstacleToReading(path) {
            throw CSVError(path: path, line: nil, problem: .cannotOpen(reason: obstacle))
        }
        do {
            file = try FileHandle(forReadingFrom: URL(filePath: path))
        } catch {
            throw CSVError(path: path, line: nil, problem: .cannotOpen(reason: error.systemReason))
        }
        self.path = path
        try skipByteOrderMark()
        var record = CSVRecord()
        guard try readRecord(into: &record) else { throw CSVError(path: path, line: nil, problem: .noHeader) }
        header = try Self.columnNames(of: record, path: path)
    }

    /// Reads the next record into `record`. False at the end of the file. Blank lines are skipped.
    package mutating func next(into record: inout CSVRecord) throws(CSVError) -> Bool {
        guard try readRecord(into: &record) else { return false }
        guard record.count == header.count else {
            throw CSVError(
                path: path,
                line: record.line,
                problem: .fieldCount(found: record.count, expected: header.count)
            )
        }
        return true
    }

    private static func columnNames(of record: CSVRecord, path: String) throws(CSVError) -> [String] {
        var names: [String] = []
        for index in 0..<record.count {
            guard let name = record.text(index), !name.isEmpty else {
                throw CSVError(path: path, line: record.line, problem: .emptyColumnName(position: index + 1))
            }
            guard !names.contains(name) else {
                throw CSVError(path: path, line: record.line, problem: .duplicateColumn(name))
            }
            names.append(name)
        }
        return names
    }

    // MARK: Records

    private mutating func readRecord(into record: inout CSVRecord) throws(CSVError) -> Bool {
        record.removeAll()
        repeat {
            record.line = line
            guard try peek() != nil else { return false }
        } while try skipLineEnd()
        while true {
            try readField(into: &record)
            guard try peek() == UInt8(ascii: ",") else { break }
            position += 1
        }
        _ = try skipLineEnd()
        try validate(record)
        return true
    }

    private mutating func readField(into record: inout CSVRecord) throws(CSVError) {
        if try peek() == UInt8(ascii: "\"") {
            position += 1
            try readQuoted(into: &record)
            record.fields.append(.init(end: record.bytes.count, isQuoted: true))
        } else {
            try readUnquoted(into: &record)
            record.fields.append(.init(end: record.bytes.count, isQuoted: false))
        }
    }

    private mutating func readUnquoted(into record: inout CSVRecord) throws(CSVError) {
        while let byte = try peek() {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "\n"): return
            case UInt8(ascii: "\r") where try isLineEndAhead(): return
            case UInt8(ascii: "\""): throw CSVError(path: path, line: line, problem: .quoteInsideField)
            default:
                record.bytes.append(byte)
                position += 1
            }
        }
    }

    private mutating func readQuoted(into record: inout CSVRecord) throws(CSVError) {
        while let byte = try peek() {
            position += 1
            guard byte == UInt8(ascii: "\"") else {
                if byte == UInt8(ascii: "\n") { line += 1 }
                record.bytes.append(byte)
                continue
            }
            switch try peek() {
            case UInt8(ascii: "\""):
                record.bytes.append(byte)
                position += 1
            case nil, UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return
            default:
                throw CSVError(path: path, line: line, problem: .textAfterQuote)
            }
        }
        throw CSVError(path: path, line: record.line, problem: .unclosedQuote)
    }

    private func validate(_ record: CSVRecord) throws(CSVError) {
        if record.bytes.contains(0) { throw CSVError(path: path, line: record.line, problem: .containsNUL) }
        // Pure ASCII, the common case, needs no decoding.
        if record.bytes.allSatisfy({ $0 < 0x80 }) { return }
        for index in 0..<record.count {
            guard let field = record.field(index) else { continue }
            guard String(validating: field, as: UTF8.self) != nil else {
                throw CSVError(path: path, line: record.line, problem: .notUTF8)
            }
        }
    }

    // MARK: Bytes

    private mutating func skipByteOrderMark() throws(CSVError) {
        guard try peek() == 0xEF, chunk.count >= 3, chunk[1] == 0xBB, chunk[2] == 0xBF else { return }
        position = 3
    }

    private mutating func isLineEndAhead() throws(CSVError) -> Bool {
        if position + 1 == chunk.count { try loadMore() }
        return position + 1 >= chunk.count || chunk[position + 1] == UInt8(ascii: "\n")
    }

    private mutating func skipLineEnd() throws(CSVError) -> Bool {
        if try peek() == UInt8(ascii: "\r"), try isLineEndAhead() { position += 1 }
        guard try peek() == UInt8(ascii: "\n") else { return false }
        position += 1
        line += 1
        return true
    }

    private mutating func peek() throws(CSVError) -> UInt8? {
        if position == chunk.count { try loadMore() }
        return position < chunk.count ? chunk[position] : nil
    }

    /// Drops what has been read and appends the next piece of the file.
    private mutating func loadMore() throws(CSVError) {
        guard !isAtEnd else { return }
        do {
            let data = try file.read(upToCount: Self.chunkSize) ?? Data()
            isAtEnd = data.isEmpty
            chunk.removeFirst(position)
            position = 0
            chunk.append(contentsOf: data)
        } catch {
            throw CSVError(path: path, line: nil, problem: .cannotRead(reason: error.systemReason))
        }
    }
}
