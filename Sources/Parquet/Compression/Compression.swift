/// How a file is to be compressed.
package enum Compression: Hashable, Sendable {
    case none
    case snappy
    /// 1 is fastest; up to 19 is smaller.
    case zstd(level: Int)
}

extension Compression {
    var codec: CompressionCodec {
        switch self {
        case .none: .uncompressed
        case .snappy: .snappy
        case .zstd: .zstd
        }
    }
}
