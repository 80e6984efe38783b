import Columnar

/// Bools: bits one after the other, or runs.
struct BooleanBuilder: LeafBuilder {
    private var column = PrimitiveColumn<Bool>()
    private var page = PageBytes(copying: [])
    private var position = 0
    private var runs: HybridDecoder?

    var count: Int { column.count }

    mutating func loadDictionary(_ bytes: PageBytes, count: Int) throws(PageFailure) {
        throw .unsupported("a dictionary of bools")
    }

    mutating func startPage(_ bytes: PageBytes, encoding: Encoding) throws(PageFailure) {
        (page, position, runs) = (bytes, 0, nil)
        switch encoding {
        case .plain: break
        case .rle:
            guard bytes.count > 0 else { return }
            runs = try HybridDecoder(bytes.part(4..<4 + (try bytes.length(at: 0))), bitWidth: 1)
        case .plainDictionary, .bitPacked, .deltaBinaryPacked, .deltaLengthByteArray, .deltaByteArray, .rleDictionary,
            .byteStreamSplit:
            throw .unsupported("encoding \(encoding.name) of its type")
        }
    }

    mutating func append(_ present: UnsafeBufferPointer<UInt8>, presentCount: Int) throws(PageFailure) {
        var bits = ContiguousArray<UInt8>(repeating: 0, count: presentCount)
        if runs != nil {
            var failure: PageFailure?
            bits.withUnsafeMutableBufferPointer { buffer in
                do throws(PageFailure) { _ = try runs?.decode(into: buffer, maximum: 1) } catch { failure = error }
            }
            if let failure { throw failure }
        } else {
            guard presentCount <= page.count * 8 - position else { throw .tooShort }
            for index in 0..<presentCount { bits[index] = page[(position + index) >> 3] >> UInt8((position + index) & 7) & 1 }
            position += presentCount
        }
        var next = 0
        for isPresent in present {
            if isPresent != 0 {
                column.append(bits[next] != 0)
                next += 1
            } else {
                column.appendNull(placeholder: false)
            }
        }
    }

    mutating func takeColumn() -> Column {
        defer { column = PrimitiveColumn() }
        return .bool(column)
    }
}
