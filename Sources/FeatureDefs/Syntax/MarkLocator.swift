import Yams

/// Turns Yams' marks (line, and column in Unicode scalars) into byte offsets.
///
/// Nodes are visited in the order of the text, so that the last place is a good one to count on from: a file of one very
/// long line stays linear.
struct MarkLocator {
    private let source: SourceText
    private var line = 0
    private var column = 0
    private var position = 0

    init(_ source: SourceText) {
        self.source = source
    }

    mutating func offset(_ mark: Mark?) -> Int {
        guard let mark, mark.line >= 1 else { return 0 }
        let wantedLine = min(mark.line - 1, source.lineStarts.count - 1)
        let wantedColumn = max(0, mark.column - 1)
        if wantedLine != line || wantedColumn < column {
            line = wantedLine
            column = 0
            position = source.lineStarts[line]
        }
        while column < wantedColumn, position < source.utf8.count {
            position += 1
            while position < source.utf8.count, source.utf8[position] & 0xC0 == 0x80 { position += 1 }
            column += 1
        }
        return position
    }

    mutating func firstByte(_ mark: Mark?) -> SourceSpan {
        let start = offset(mark)
        return source.span(start..<min(start + 1, source.utf8.count))
    }
}
