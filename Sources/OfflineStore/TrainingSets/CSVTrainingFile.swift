import Crypto
import Foundation
import PostgresClient

/// Writes a query's result as a CSV file: under a temporary name, renamed when it is whole.
struct CSVTrainingFile: Sendable {
    let path: String
    let columnNames: [String]

    /// Returns the SHA-256 of the file's bytes, in hexadecimal.
    func write(_ query: SQLFragment, from connection: PostgresConnection, progress: ProgressReport) async throws -> String {
        let partial = path + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
        guard FileManager.default.createFile(atPath: partial, contents: nil), let file = FileHandle(forWritingAtPath: partial)
        else {
            throw TrainingError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        do {
            let hash = try await copy(query, from: connection, to: file, progress: progress)
            try replace(with: partial)
            return hash
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    private func copy(
        _ query: SQLFragment,
        from connection: PostgresConnection,
        to file: FileHandle,
        progress: ProgressReport
    ) async throws -> String {
        let writer = HashingFileWriter(file: file)
        writer.append(header)
        let output = (writer: writer, rows: 0)
        let result = try await connection.copyOut("COPY (\n\(query.text)\n) TO STDOUT (FORMAT csv)", into: output) {
            output, message in
            output.writer.append(message)
            try output.writer.flushIfLarge()
            output.rows += 1
            progress.advance(to: output.rows)
        }
        return try result.writer.finish()
    }

    private var header: [UInt8] {
        Array(columnNames.map(Self.quotedIfNeeded).joined(separator: ",").utf8) + [UInt8(ascii: "\n")]
    }

    private static func quotedIfNeeded(_ name: String) -> String {
        guard name.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return name }
        return "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private func replace(with partial: String) throws(TrainingError) {
        guard rename(partial, path) == 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }
}

/// Gathers bytes, hashes them and writes them in large pieces. Used by one thread at a time, as a COPY's state is.
private final class HashingFileWriter {
    private static let chunkBytes = 1 << 20
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var hash = SHA256()

    init(file: FileHandle) {
        self.file = file
    }

    func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    func flushIfLarge() throws {
        if buffer.count >= Self.chunkBytes { try flush() }
    }

    func finish() throws -> String {
        try flush()
        try file.synchronize()
        try file.close()
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func flush() throws {
        hash.update(data: buffer)
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
