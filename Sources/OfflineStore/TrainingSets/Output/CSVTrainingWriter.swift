import Columnar

/// Writes a training set as a CSV file.
actor CSVTrainingWriter: TrainingWriter {
    nonisolated let keepsSpineText = true
    private static let chunkBytes = 1 << 20
    private let file: PublishedFile
    private var encoder: CSVRowEncoder?
    private var output: HashedFile?
    private var buffer: [UInt8] = []

    init(path: String) {
        file = PublishedFile(path: path)
    }

    func begin(_ schema: TrainingSchema) async throws {
        output = try file.open()
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
        output?.close()
        return WrittenOutput(fileSHA256: output?.sha256, bytes: output?.count)
    }

    func synchronize() async throws { try await file.data.synchronize() }

    func publish(manifest: TrainingManifest) async throws {
        try await file.publish(manifest)
    }

    func abort() async {
        output?.close()
        output = nil
        file.discard()
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try output?.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }
}
