import Columnar

/// The results of a read's partitions, put back into the order of the spine.
///
/// Each partition's rows are in that order already, so that one piece of each at a time is in memory.
struct OrderedResults {
    private let file: SpillFile
    private var cursors: [Cursor] = []

    /// Where a partition has been read to. Its first column is the row's number in the spine.
    private struct Cursor {
        let pieces: [SpillFile.Piece]
        var nextPiece = 0
        var columns: [Column] = []
        var position = 0
        var rowCount = 0
    }

    init(_ file: SpillFile, partitionCount: Int) {
        self.file = file
        cursors = (0..<partitionCount).map { Cursor(pieces: file.pieces(of: $0)) }.filter { !$0.pieces.isEmpty }
    }

    /// The results for the next rows of the spine; NULL for rows that no partition has, having no key or no time.
    mutating func next(_ rows: Range<Int>) throws(MergeError) -> [Column] {
        var choice = RowChoice(repeating: -1, count: rows.count)
        var parts: [[Column]] = []
        var taken = 0
        for index in cursors.indices {
            while try load(&cursors[index]) {
                let start = cursors[index].position
                let end = Self.end(of: cursors[index], before: rows.upperBound)
                guard end > start else { break }
                guard case .int64(let numbers) = cursors[index].columns[0] else {
                    preconditionFailure("results start with the row's number")
                }
                for position in start..<end {
                    choice[Int(numbers.values[position]) - rows.lowerBound] = Int32(truncatingIfNeeded: taken + position - start)
                }
                parts.append(cursors[index].columns.dropFirst().map { $0[start..<end] })
                taken += end - start
                cursors[index].position = end
                // More of the same rows may be in the next piece.
                if end < cursors[index].rowCount { break }
            }
        }
        return file.types.indices.dropFirst().map { index in
            let column =
                parts.isEmpty
                ? Column.empty(file.types[index]) : Column.joined(parts.map { $0[index - 1] }, type: file.types[index])
            return column.gathered(choice)
        }
    }

    /// Makes sure that there is a row to look at; false at the end.
    private func load(_ cursor: inout Cursor) throws(MergeError) -> Bool {
        while cursor.position == cursor.rowCount {
            guard cursor.nextPiece < cursor.pieces.count else { return false }
            let piece = cursor.pieces[cursor.nextPiece]
            cursor.columns = try file.read(piece)
            cursor.rowCount = piece.rowCount
            cursor.position = 0
            cursor.nextPiece += 1
        }
        return true
    }

    /// Where the rows before a number end, in the piece at hand.
    private static func end(of cursor: Cursor, before number: Int) -> Int {
        guard case .int64(let numbers) = cursor.columns[0] else { return cursor.position }
        var end = cursor.position
        while end < cursor.rowCount, numbers.values[end] < Int64(number) { end += 1 }
        return end
    }
}
