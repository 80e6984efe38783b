package import FeatureDefs

/// A row on its way into a `PackedRowBatch`: cells are put in one by one, in order, and the version, which may follow from them, last.
package struct PackedRowBuilder {
    private let layout: PackedRowLayout
    private let start: Int
    private var bytes: [UInt8] = []

    /// Begins a row at the end of the bytes, and has them until the row is ended: they change hands, so that they are not copied.
    init(_ layout: PackedRowLayout, taking bytes: inout [UInt8]) {
        self.layout = layout
        swap(&self.bytes, &bytes)
        start = layout.beginRow(in: &self.bytes)
    }

    package mutating func put(_ value: FeatureValue, cell: Int) throws(PackedRowError) {
        try layout.encode(value, cell: cell, row: start, into: &bytes)
    }

    /// Has cells that lie side by side, words all of them (`PackedRowLayout.words`), put in where they are to be: in little-endian
    /// order to `words`, and for each that is NULL its bit in `nulls`, the first cell's being bit `firstBit % 8` of byte `firstBit / 8`.
    ///
    /// Throws what `write` throws: any error, since a generic one would have the code of another module look its types up for each row.
    package mutating func putWords(
        _ cells: Range<Int>,
        _ write: (_ words: UnsafeMutableRawPointer, _ nulls: UnsafeMutableRawPointer, _ firstBit: Int) throws -> Void
    ) throws {
        let words = start + layout.fixedOffset(ofCell: cells.lowerBound)
        let nulls = start + RowHeader.size
        try bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            try write(base + words, base + nulls, cells.lowerBound)
        }
    }

    /// Ends the row, or forgets it where there is no version, and gives the bytes back.
    mutating func end(version: RowVersion?, givingBackTo bytes: inout [UInt8]) {
        if let version {
            layout.endRow(start, version: version, in: &self.bytes)
        } else {
            self.bytes.removeLast(self.bytes.count - start)
        }
        swap(&self.bytes, &bytes)
    }
}

extension PackedRowLayout {
    /// The cells in order, in runs: several that are words side by side, little-endian, whatever they mean, or one of another kind.
    package var runs: [(cells: Range<Int>, areWords: Bool)] {
        var runs: [(cells: Range<Int>, areWords: Bool)] = []
        for (cell, type) in cellTypes.enumerated() {
            let isWord = type == .int64 || type == .float64
            if isWord, let last = runs.last, last.areWords {
                runs[runs.count - 1].cells = last.cells.lowerBound..<cell + 1
            } else {
                runs.append((cell..<cell + 1, isWord))
            }
        }
        return runs
    }
}
