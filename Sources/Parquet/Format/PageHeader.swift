/// What stands before a page (parquet.thrift `PageHeader`).
struct PageHeader: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Levels and values, compressed together.
        case data(DataV1)
        /// Levels as they are, then the values, which may be compressed.
        case dataV2(DataV2)
        case dictionary(valueCount: Int, encoding: Int32)
        /// One to skip.
        case other
    }

    /// Encodings are the numbers in the file, which may be none that we know.
    struct DataV1: Hashable, Sendable {
        var valueCount = 0
        var encoding: Int32 = 0
        var definitionEncoding: Int32 = 0
        var repetitionEncoding: Int32 = 0
    }

    struct DataV2: Hashable, Sendable {
        var valueCount = 0
        var encoding: Int32 = 0
        var definitionByteCount = 0
        var repetitionByteCount = 0
        var isCompressed = true
    }

    var kind: Kind
    var uncompressedByteCount: Int
    var compressedByteCount: Int
}

extension PageHeader {
    /// The header's bytes, of the two kinds that we write.
    static func encoded(
        dataPageOf valueCount: Int, encoding: Encoding, uncompressedByteCount: Int, compressedByteCount: Int
    ) -> ContiguousArray<UInt8> {
        encoded(type: 0, uncompressedByteCount, compressedByteCount) {
            $0.structure(5) {
                $0.int32(1, Int32(valueCount))
                $0.int32(2, encoding.rawValue)
                $0.int32(3, Encoding.rle.rawValue)
                $0.int32(4, Encoding.rle.rawValue)
            }
        }
    }

    static func encoded(
        dictionaryPageOf valueCount: Int, uncompressedByteCount: Int, compressedByteCount: Int
    ) -> ContiguousArray<UInt8> {
        encoded(type: 2, uncompressedByteCount, compressedByteCount) {
            $0.structure(7) {
                $0.int32(1, Int32(valueCount))
                $0.int32(2, Encoding.plain.rawValue)
            }
        }
    }

    private static func encoded(
        type: Int32, _ uncompressedByteCount: Int, _ compressedByteCount: Int, _ body: (inout ThriftWriter) -> Void
    ) -> ContiguousArray<UInt8> {
        var writer = ThriftWriter()
        writer.element {
            $0.int32(1, type)
            $0.int32(2, Int32(uncompressedByteCount))
            $0.int32(3, Int32(compressedByteCount))
            body(&$0)
        }
        return writer.bytes
    }
}
