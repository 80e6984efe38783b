import FeatureDefs

/// Reading a row where it is, in a reply of Redis for instance. All but `fault` ask for a row that has none.
extension PackedRowLayout {
    /// What is wrong with the row as a whole: the layout's id, the sizes and every offset.
    func fault(in row: UnsafeRawBufferPointer) -> PackedRowError? {
        guard row.count >= RowHeader.size else { return .truncated(size: row.count, needed: RowHeader.size) }
        let found = RowHeader.word(of: row)
        guard found == word else { return Self.fault(ofWord: found, expected: word) }
        guard row.count >= variableOffset else { return .truncated(size: row.count, needed: variableOffset) }
        let padding = cellTypes.count % 8
        if padding != 0, row[RowHeader.size + cellTypes.count / 8] >> padding != 0 { return .corruptNullBitmap }
        var end = 0
        for index in 0..<variableCount {
            let next = self.end(ofVariable: index, in: row)
            guard next >= end else { return .corrupt(cell: slots.firstIndex(of: .variable(index: index)) ?? 0) }
            end = next
        }
        if row.count < variableOffset + end { return .truncated(size: row.count, needed: variableOffset + end) }
        if row.count > variableOffset + end { return .trailingBytes(size: row.count, expected: variableOffset + end) }
        return nil
    }

    private static func fault(ofWord found: UInt32, expected: UInt32) -> PackedRowError {
        let format = RowFormat.number(ofWord: found)
        guard RowFormat(rawValue: format) != nil else { return .otherFormat(found: format) }
        return .otherLayout(found: RowFormat.layout(ofWord: found), expected: RowFormat.layout(ofWord: expected))
    }

    /// Whether any cell is NULL.
    func hasNulls(in row: UnsafeRawBufferPointer) -> Bool {
        for byte in row[RowHeader.size..<RowHeader.size + (cellTypes.count + 7) / 8] where byte != 0 { return true }
        return false
    }

    /// Whether a cell has bytes that a writer of ours makes, as far as its type leaves room for others.
    func isSound(_ cell: Int, in row: UnsafeRawBufferPointer) -> Bool {
        switch cellTypes[cell] {
        case .int64, .float64, .float32, .timestamp, .uuid, .vector, .bytes:
            Self.isNull(cell, in: row) ? value(at: cell, in: row) != nil : true
        case .bool, .string, .list: value(at: cell, in: row) != nil
        }
    }

    /// Whether cells of the type may have bytes that are no value, though they are not NULL.
    static func isDelicate(_ type: FeatureType) -> Bool {
        switch type {
        case .int64, .float64, .float32, .timestamp, .uuid, .vector, .bytes: false
        case .bool, .string, .list: true
        }
    }

    /// A cell's value; nil for bytes that no writer of ours makes.
    func value(at cell: Int, in row: UnsafeRawBufferPointer) -> FeatureValue? {
        CellReader(cell, of: self).value(in: row)
    }

    private func end(ofVariable index: Int, in row: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: row.loadUnaligned(fromByteOffset: endsOffset + 4 * index, as: UInt32.self)))
    }
}
