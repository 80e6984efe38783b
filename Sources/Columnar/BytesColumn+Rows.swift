extension BytesColumn {
    /// The rows chosen, in that order; NULL for each -1.
    func gathered(_ rows: RowChoice) -> BytesColumn {
        var gathered = BytesColumn()
        bytes.withUnsafeBytes { source in
            for row in rows {
                if row >= 0, validity.isValid(Int(row)) {
                    gathered.append(UnsafeRawBufferPointer(rebasing: source[range(Int(row))]))
                } else {
                    gathered.appendNull()
                }
            }
        }
        return gathered
    }

    /// The rows of a range.
    subscript(rows: Range<Int>) -> BytesColumn {
        let start = offsets[rows.lowerBound]
        return BytesColumn(
            offsets: ContiguousArray(offsets[rows.lowerBound...rows.upperBound].map { $0 - start }),
            bytes: ContiguousArray(bytes[start..<offsets[rows.upperBound]]),
            validity: validity[rows]
        )
    }

    static func joined(_ parts: [BytesColumn]) -> BytesColumn {
        var offsets: ContiguousArray<Int> = [0]
        offsets.reserveLarge(parts.reduce(1) { $0 + $1.count })
        var bytes = ContiguousArray<UInt8>()
        bytes.reserveLarge(parts.reduce(0) { $0 + $1.bytes.count })
        var validity = Validity()
        for part in parts {
            let start = bytes.count
            for offset in part.offsets.dropFirst() { offsets.append(start + offset) }
            bytes.append(contentsOf: part.bytes)
            validity.append(contentsOf: part.validity)
        }
        return BytesColumn(offsets: offsets, bytes: bytes, validity: validity)
    }
}
