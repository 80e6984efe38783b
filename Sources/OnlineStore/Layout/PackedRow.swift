package import FeatureDefs

/// A stored row of a known layout: the bytes as they came from Redis, read in place.
package struct PackedRow: Hashable, Sendable {
    package let layout: PackedRowLayout
    package let bytes: [UInt8]

    /// Checks all that can be checked without looking at the cells: the layout's id and every offset.
    package init(_ bytes: [UInt8], layout: PackedRowLayout) throws(PackedRowError) {
        let fault = bytes.withUnsafeBytes { layout.fault(in: $0) }
        if let fault { throw fault }
        self.bytes = bytes
        self.layout = layout
    }

    package var version: RowVersion { bytes.withUnsafeBytes { RowHeader.version(of: $0) } }

    /// Every cell, in order.
    package func values() throws(PackedRowError) -> [FeatureValue] {
        var values: [FeatureValue] = []
        values.reserveCapacity(layout.cellTypes.count)
        for cell in layout.cellTypes.indices { values.append(try value(at: cell)) }
        return values
    }

    /// One cell. Copies text, bytes, lists and vectors, and nothing else.
    package func value(at cell: Int) throws(PackedRowError) -> FeatureValue {
        let value = bytes.withUnsafeBytes { row in
            switch layout.slots[cell] {
            case .fixed(let offset): fixedValue(layout.cellTypes[cell], cell: cell, in: row, at: offset)
            case .variable(let index): variableValue(layout.cellTypes[cell], cell: cell, in: row, index: index)
            }
        }
        guard let value else { throw .corrupt(cell: cell) }
        return value
    }

    private func fixedValue(
        _ type: FeatureType, cell: Int, in row: UnsafeRawBufferPointer, at offset: Int
    ) -> FeatureValue? {
        if PackedRowLayout.isNull(cell, in: row) {
            let width = PackedRowLayout.width(of: type) ?? 0
            return row[offset..<offset + width].allSatisfy { $0 == 0 } ? .null : nil
        }
        return FeatureValue(fixed: type, in: row, at: offset)
    }

    private func variableValue(
        _ type: FeatureType, cell: Int, in row: UnsafeRawBufferPointer, index: Int
    ) -> FeatureValue? {
        let start = layout.variableOffset + (index == 0 ? 0 : layout.end(ofVariable: index - 1, in: row))
        let content = row[start..<layout.variableOffset + layout.end(ofVariable: index, in: row)]
        if PackedRowLayout.isNull(cell, in: row) { return content.isEmpty ? .null : nil }
        return FeatureValue(variable: type, UnsafeRawBufferPointer(rebasing: content))
    }
}

extension PackedRowLayout {
    fileprivate func end(ofVariable index: Int, in row: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: row.loadUnaligned(fromByteOffset: endsOffset + 4 * index, as: UInt32.self)))
    }

    /// What is wrong with the row as a whole.
    fileprivate func fault(in row: UnsafeRawBufferPointer) -> PackedRowError? {
        guard row.count >= RowHeader.size else { return .truncated(size: row.count, needed: RowHeader.size) }
        let found = RowHeader.layout(of: row)
        guard found == id else { return .otherLayout(found: found, expected: id) }
        guard row.count >= variableOffset else { return .truncated(size: row.count, needed: variableOffset) }
        let padding = cellTypes.count % 8
        if padding != 0, row[RowHeader.size + cellTypes.count / 8] >> padding != 0 { return .corruptNullBitmap }
        var end = 0
        for (cell, slot) in slots.enumerated() {
            guard case .variable(let index) = slot else { continue }
            let next = self.end(ofVariable: index, in: row)
            guard next >= end else { return .corrupt(cell: cell) }
            end = next
        }
        if row.count < variableOffset + end { return .truncated(size: row.count, needed: variableOffset + end) }
        if row.count > variableOffset + end { return .trailingBytes(size: row.count, expected: variableOffset + end) }
        return nil
    }
}
