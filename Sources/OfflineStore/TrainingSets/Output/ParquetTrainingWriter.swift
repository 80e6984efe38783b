import Columnar
import Foundation
import Parquet

/// Writes a training set as a Parquet file.
actor ParquetTrainingWriter: TrainingWriter {
    nonisolated let keepsSpineText = false
    private let file: PublishedFile
    private var writer: ParquetWriter?
    private var output: HashedFile?
    /// What is on its way to the disk while rows still come.
    private var flush: Task<Void, any Error>?
    private var flushedBytes = 0

    private static let bytesWorthFlushing = 8 << 20

    init(path: String) {
        file = PublishedFile(path: path)
    }

    func begin(_ schema: TrainingSchema) async throws {
        let output = try file.open()
        self.output = output
        var options = ParquetWriterOptions()
        options.parallelism = min(4, ProcessInfo.processInfo.activeProcessorCount)
        do {
            writer = try ParquetWriter(
                fields: schema.columns.map { ColumnTable.Field(name: $0.name, type: $0.type) }, options: options
            ) { bytes throws(ParquetError) in
                let result = bytes.withUnsafeBytes { bytes in
                    Result { () throws(TrainingError) in try output.write(bytes) }
                }
                if case .failure(let error) = result { throw .cannotWrite(reason: error.reason) }
            }
        } catch {
            throw failure(error)
        }
    }

    func write(_ batch: ColumnTable) async throws {
        do { try writer?.write(batch) } catch { throw failure(error) }
        startFlush()
    }

    /// Has the disk begin, so that less is left to wait for at the end.
    private func startFlush() {
        guard let output, output.count - flushedBytes >= Self.bytesWorthFlushing else { return }
        flushedBytes = output.count
        flush = Task { [file, flush] in
            try await flush?.value
            try await file.data.synchronize()
        }
    }

    func finish() async throws -> WrittenOutput {
        do { try writer?.finish() } catch { throw failure(error) }
        output?.close()
        return WrittenOutput(fileSHA256: output?.sha256, bytes: output?.count)
    }

    func synchronize() async throws {
        // The kernel tells of a failure once: it may have told an earlier flush.
        try await flush?.value
        try await file.data.synchronize()
    }

    func publish(manifest: TrainingManifest) async throws {
        try await file.publish(manifest)
    }

    func abort() async {
        output?.close()
        output = nil
        writer = nil
        file.discard()
    }

    private func failure(_ error: ParquetError) -> TrainingError {
        let reason =
            switch error {
            case .cannotWrite(let reason): reason
            case .cannotOpen, .cannotRead, .unwritable, .notParquet, .unsupported, .corrupt, .unknownColumn: error.description
            }
        return .cannotWrite(path: file.data.destination, reason: reason)
    }
}
