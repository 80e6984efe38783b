import CSnappy
import CZstd

/// Compresses pages, one after the other, keeping zstd's tables between them. One thread uses it.
struct Compressor: ~Copyable {
    let compression: Compression
    private let zstd: OpaquePointer?

    init(_ compression: Compression) throws(ParquetError) {
        self.compression = compression
        switch compression {
        case .none, .snappy: zstd = nil
        case .zstd(let level):
            guard let context = ZSTD_createCCtx() else { throw .cannotWrite(reason: "zstd: out of memory") }
            zstd = context
            // The range is clamped by zstd itself.
            _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
        }
    }

    deinit {
        if let zstd { ZSTD_freeCCtx(zstd) }
    }

    /// The bytes compressed; with `.none`, as they are.
    func compress(_ input: ContiguousArray<UInt8>) throws(ParquetError) -> ContiguousArray<UInt8> {
        switch compression {
        case .none: return input
        case .snappy: return try snappy(input)
        case .zstd: return try zstd(input)
        }
    }

    /// How many bytes a sample compresses to.
    func compressedByteCount(ofSample sample: ArraySlice<UInt8>) throws(ParquetError) -> Int {
        try compress(ContiguousArray(sample)).count
    }

    private func snappy(_ input: ContiguousArray<UInt8>) throws(ParquetError) -> ContiguousArray<UInt8> {
        var status = SNAPPY_OK
        let output = ContiguousArray<UInt8>(unsafeUninitializedCapacity: snappy_max_compressed_length(input.count)) {
            buffer, count in
            var length = buffer.count
            input.withUnsafeBytes { source in
                buffer.withMemoryRebound(to: CChar.self) {
                    status = snappy_compress(
                        source.baseAddress?.assumingMemoryBound(to: CChar.self), source.count, $0.baseAddress, &length)
                }
            }
            count = status == SNAPPY_OK ? length : 0
        }
        guard status == SNAPPY_OK else { throw .cannotWrite(reason: "snappy refuses \(input.count) bytes") }
        return output
    }

    private func zstd(_ input: ContiguousArray<UInt8>) throws(ParquetError) -> ContiguousArray<UInt8> {
        var result = 0
        let output = ContiguousArray<UInt8>(unsafeUninitializedCapacity: ZSTD_compressBound(input.count)) { buffer, count in
            result = input.withUnsafeBytes {
                ZSTD_compress2(zstd, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else {
            throw .cannotWrite(reason: "zstd: \(String(cString: ZSTD_getErrorName(result)))")
        }
        return output
    }
}
