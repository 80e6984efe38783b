import Dispatch
import Synchronization

/// Encodes the columns of a row group, several at a time if the options say so.
struct RowGroupEncoder: Sendable {
    private let encoders: [ChunkEncoder]
    private let parallelism: Int

    init(layouts: [ColumnLayout], options: ParquetWriterOptions) {
        encoders = layouts.map { ChunkEncoder($0, options) }
        parallelism = max(1, options.parallelism)
    }

    /// The chunks, in the order of the columns.
    func encode(_ columns: [[ColumnSlice]]) throws(ParquetError) -> [EncodedChunk] {
        let workers = min(parallelism, columns.count)
        guard workers > 1 else {
            var chunks: [EncodedChunk] = []
            for (encoder, slices) in zip(encoders, columns) { chunks.append(try encoder.encode(slices)) }
            return chunks
        }
        let results = Mutex([Result<EncodedChunk, ParquetError>?](repeating: nil, count: columns.count))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < columns.count else { return }
                let result = Result { () throws(ParquetError) in try encoders[index].encode(columns[index]) }
                results.withLock { $0[index] = result }
            }
        }
        var chunks: [EncodedChunk] = []
        for result in results.withLock({ $0 }) {
            guard let result else { preconditionFailure("every column has been encoded") }
            chunks.append(try result.get())
        }
        return chunks
    }
}
