package import FeatureDefs

/// Where each cell of a stored row is; computed once from the cells' types.
///
/// ```
/// header             32 bytes, see RowHeader
/// null bitmap        (cells + 7) / 8 bytes; bit i % 8 of byte i / 8 is set when cell i is NULL
/// fixed cells        but for the header's, if there is one: in cell order, at offsets that do not depend on values; zeros when NULL. Little-endian:
///                    int64, float64, timestamp 8 bytes · float32 4 · bool 1 (0 or 1) · uuid 16, as printed ·
///                    vector<N> 4 * N, a float32 after the other
/// ends               u32 for each variable cell (string, bytes, list): where it ends, from the end of `ends`
/// variable cells     in cell order, end to end; empty when NULL. A list is
///                    u32 number of elements · null bitmap and elements as those of a row: fixed cells, or ends and
///                    variable cells
/// ```
///
/// There is one encoding of a row, so rows that decode encode to the same bytes again. A class: whoever packs or reads a row has it at hand,
/// and copies nothing.
package final class PackedRowLayout: Sendable {
    enum Slot: Hashable {
        /// From the start of the row.
        case fixed(offset: Int)
        /// Index among the variable cells.
        case variable(index: Int)
        /// The event timestamp in the header.
        case header
    }

    /// From the registry; a list of types has its own.
    package let id: UInt32
    package let cellTypes: [FeatureType]
    let format: RowFormat
    /// The cell that is in the header.
    private let headerCell: Int?
    let slots: [Slot]
    let endsOffset: Int
    let variableCount: Int

    /// `headerCell` is a timestamp that is NULL or the event of the row's version, in each row.
    package convenience init(id: UInt32, cellTypes: [FeatureType], headerCell: Int? = nil) {
        self.init(id: id, cellTypes: cellTypes, headerCell: headerCell, format: .written)
    }

    /// The same rows in another format.
    func inFormat(_ format: RowFormat) -> PackedRowLayout {
        PackedRowLayout(id: id, cellTypes: cellTypes, headerCell: headerCell, format: format)
    }

    /// How a row of the layout is read, of whatever format it is.
    func matching(_ row: UnsafeRawBufferPointer) -> PackedRowLayout {
        guard row.count >= RowHeader.size, let format = RowFormat(rawValue: row[0]), format != self.format else { return self }
        return inFormat(format)
    }

    private init(id: UInt32, cellTypes: [FeatureType], headerCell: Int?, format: RowFormat) {
        self.id = id
        self.cellTypes = cellTypes
        self.headerCell = headerCell
        self.format = format
        let headerCell = format == .withAllEventCells ? nil : headerCell
        var offset = RowHeader.size + (cellTypes.count + 7) / 8
        var variableCount = 0
        slots = cellTypes.enumerated().map { cell, type in
            guard cell != headerCell else { return .header }
            guard let width = Self.width(of: type) else {
                defer { variableCount += 1 }
                return .variable(index: variableCount)
            }
            defer { offset += width }
            return .fixed(offset: offset)
        }
        endsOffset = offset
        self.variableCount = variableCount
    }

    /// What its rows begin with.
    var word: UInt32 { format.word(ofLayout: id) }

    /// nil for types of variable width.
    static func width(of type: FeatureType) -> Int? {
        switch type {
        case .int64, .float64, .timestamp: 8
        case .float32: 4
        case .bool: 1
        case .uuid: 16
        case .vector(let length): 4 * length
        case .string, .bytes, .list: nil
        }
    }

    /// Where a cell of fixed width is; 0 for one that is not.
    func fixedOffset(ofCell cell: Int) -> Int {
        if case .fixed(let offset) = slots[cell] { offset } else { 0 }
    }

    /// Where the variable cells begin: the size of a row whose text and bytes are all empty or NULL.
    var variableOffset: Int { endsOffset + 4 * variableCount }

    static func isNull(_ cell: Int, in row: UnsafeRawBufferPointer) -> Bool {
        row[RowHeader.size + cell / 8] & (1 << (cell % 8)) != 0
    }
}

extension PackedRowLayout: Hashable {
    /// All else follows from these.
    package static func == (one: PackedRowLayout, other: PackedRowLayout) -> Bool {
        one.id == other.id && one.format == other.format && one.headerCell == other.headerCell && one.cellTypes == other.cellTypes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}
