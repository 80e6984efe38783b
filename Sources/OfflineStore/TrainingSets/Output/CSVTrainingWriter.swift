import Columnar
import Crypto
import Foundation

/// Writes a training set as a CSV file.
actor CSVTrainingWriter: TrainingWriter {
    private static let chunkBytes = 1 << 20
    private let file: PublishedFile
    private var encoder: CSVRowEncoder?
    private var handle: FileHandle?
    private var buffer: [UInt8] = []
    private var hash = SHA256()
    private var bytes = 0

    init(path: String) {
        file = PublishedFile(path: path)
    }

    func begin(_ schema: TrainingSchema) async throws {
        try file.data.create()
        guard let handle = FileHandle(forWritingAtPath: file.data.path) else {
            throw TrainingError.cannotWrite(path: file.data.destination, reason: String(cString: strerror(errno)))
        }
        self.handle = handle
        let encoder = CSVRowEncoder(schema)
        self.encoder = encoder
        buffer = encoder.header()
    }

    func write(_ batch: ColumnTable) async throws {
        encoder?.append(batch, to: &buffer)
        if buffer.count >= Self.chunkBytes { try flush() }
    }

    func finish() async throws -> WrittenOutput {
        try flush()
        try handle?.close()
        handle = nil
        try await file.data.synchronize()
        return WrittenOutput(fileSHA256: hash.finalize().hexadecimal, bytes: bytes)
    }

    func publish(manifest: TrainingManifest) async throws {
        try await file.publish(manifest)
    }

    func abort() async {
        try? handle?.close()
        handle = nil
        file.discard()
    }

    private func flush() throws {
        hash.update(data: buffer)
        bytes += buffer.count
        do {
            try handle?.write(contentsOf: buffer)
        } catch {
            throw TrainingError.cannotWrite(path: file.data.destination, reason: error.localizedDescription)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension Sequence<UInt8> {
    /// Two digits for each byte.
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
