import FeatureDefs

/// How one cell of a row is read. Holds no reference, so that a copy costs nothing: what is done for each value starts from here.
struct CellReader: Hashable, Sendable {
    let type: FeatureType
    let slot: PackedRowLayout.Slot
    private let nullByte: Int
    private let nullMask: UInt8
    private let endsOffset: Int
    private let variableOffset: Int

    init(_ cell: Int, of layout: PackedRowLayout) {
        type = layout.cellTypes[cell]
        slot = layout.slots[cell]
        nullByte = RowHeader.size + cell / 8
        nullMask = 1 << (cell % 8)
        endsOffset = layout.endsOffset
        variableOffset = layout.variableOffset
    }

    func isNull(in row: UnsafeRawBufferPointer) -> Bool { row[nullByte] & nullMask != 0 }

    /// The cell's value; nil for bytes that no writer of ours makes. Copies text, bytes, lists and vectors, and nothing else.
    func value(in row: UnsafeRawBufferPointer) -> FeatureValue? {
        switch slot {
        case .fixed(let offset):
            guard isNull(in: row) else { return FeatureValue(fixed: type, in: row, at: offset) }
            return row[offset..<offset + (PackedRowLayout.width(of: type) ?? 0)].allSatisfy { $0 == 0 } ? .null : nil
        case .variable(let index):
            let start = index == 0 ? 0 : end(ofVariable: index - 1, in: row)
            let content = row[variableOffset + start..<variableOffset + end(ofVariable: index, in: row)]
            if isNull(in: row) { return content.isEmpty ? .null : nil }
            return FeatureValue(variable: type, UnsafeRawBufferPointer(rebasing: content))
        case .header: return isNull(in: row) ? .null : .timestamp(RowHeader.event(of: row))
        }
    }

    /// An instant; nil for NULL.
    func timestamp(in row: UnsafeRawBufferPointer) -> Timestamp? {
        guard row[nullByte] & nullMask == 0 else { return nil }
        switch slot {
        case .header: return RowHeader.event(of: row)
        case .fixed(let offset):
            return Timestamp(microseconds: Int64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        case .variable: return nil
        }
    }

    private func end(ofVariable index: Int, in row: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: row.loadUnaligned(fromByteOffset: endsOffset + 4 * index, as: UInt32.self)))
    }
}
