package import FeatureDefs

/// A stored row of a known layout: the bytes as they came from Redis, read in place.
package struct PackedRow: Hashable, Sendable {
    package let layout: PackedRowLayout
    package let bytes: [UInt8]

    /// Checks all that can be checked without looking at the cells: the layout's id and every offset. The row may be of any format
    /// that is known.
    package init(_ bytes: [UInt8], layout: PackedRowLayout) throws(PackedRowError) {
        let layout = bytes.withUnsafeBytes { layout.matching($0) }
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
        guard let value = bytes.withUnsafeBytes({ layout.value(at: cell, in: $0) }) else { throw .corrupt(cell: cell) }
        return value
    }
}
