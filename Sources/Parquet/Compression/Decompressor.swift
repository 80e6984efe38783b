import CSnappy
import CZstd

/// Takes pages apart again. What it gives has eight bytes more than asked for, so that the decoders may load words at its end.
final class Decompressor {
    static let padding = 8

    private let codec: CompressionCodec
    private let zstd: OpaquePointer?

    /// - Parameter codec: the number in the file.
    init(codec: Int32) throws(PageFailure) {
        guard let known = CompressionCodec(rawValue: codec) else { throw .unsupported("compression number \(codec)") }
        self.codec = known
        switch known {
        case .uncompressed, .snappy: zstd = nil
        case .zstd:
            zstd = ZSTD_createDCtx()
            guard zstd != nil else { throw .corrupt("zstd: out of memory") }
        case .gzip, .lzo, .brotli, .lz4, .lz4Raw: throw .unsupported("compression \(known.name)")
        }
    }

    deinit {
        if let zstd { ZSTD_freeDCtx(zstd) }
    }

    /// The bytes decompressed, which must be as many as the page's header says.
    func decompress(_ input: ArraySlice<UInt8>, byteCount: Int) throws(PageFailure) -> PageBytes {
        // Some writers have no compressed bytes for none.
        guard byteCount > 0 else { return PageBytes(copying: []) }
        switch codec {
        case .uncompressed:
            guard input.count == byteCount else { throw .corrupt("a page of \(input.count) bytes that claims \(byteCount)") }
            return PageBytes(copying: input)
        case .snappy: return try snappy(input, byteCount)
        case .zstd: return try zstd(input, byteCount)
        case .gzip, .lzo, .brotli, .lz4, .lz4Raw: throw .unsupported("compression \(codec.name)")
        }
    }

    private func snappy(_ input: ArraySlice<UInt8>, _ byteCount: Int) throws(PageFailure) -> PageBytes {
        var claimed = 0
        let isSnappy = input.withUnsafeBytes {
            snappy_uncompressed_length($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &claimed) == SNAPPY_OK
        }
        // Before there is memory for it.
        guard isSnappy, claimed == byteCount else { throw .corrupt("a page that is not as long as it claims") }
        var status = SNAPPY_INVALID_INPUT
        let output = ContiguousArray<UInt8>(unsafeUninitializedCapacity: byteCount + Self.padding) { buffer, count in
            var length = byteCount
            input.withUnsafeBytes { source in
                buffer.withMemoryRebound(to: CChar.self) {
                    status = snappy_uncompress(
                        source.baseAddress?.assumingMemoryBound(to: CChar.self), source.count, $0.baseAddress, &length)
                }
            }
            count = status == SNAPPY_OK && length == byteCount ? Self.pad(buffer, after: byteCount) : 0
        }
        guard !output.isEmpty else { throw .corrupt("a page that snappy cannot decompress") }
        return PageBytes(padded: output)
    }

    private func zstd(_ input: ArraySlice<UInt8>, _ byteCount: Int) throws(PageFailure) -> PageBytes {
        // The unsigned constants for unknown and error are the largest two.
        let claimed = input.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard claimed >= UInt64.max - 1 || claimed == UInt64(byteCount) else {
            throw .corrupt("a page that is not as long as it claims")
        }
        let output = ContiguousArray<UInt8>(unsafeUninitializedCapacity: byteCount + Self.padding) { buffer, count in
            let result = input.withUnsafeBytes {
                ZSTD_decompressDCtx(zstd, buffer.baseAddress, byteCount, $0.baseAddress, $0.count)
            }
            count = result == byteCount ? Self.pad(buffer, after: byteCount) : 0
        }
        guard !output.isEmpty else { throw .corrupt("a page that zstd cannot decompress") }
        return PageBytes(padded: output)
    }

    private static func pad(_ buffer: UnsafeMutableBufferPointer<UInt8>, after byteCount: Int) -> Int {
        for index in byteCount..<byteCount + padding { buffer.initializeElement(at: index, to: 0) }
        return byteCount + padding
    }
}
