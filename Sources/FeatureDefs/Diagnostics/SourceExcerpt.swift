/// The line a span begins on, made fit for a terminal, and where under it the underline goes.
struct SourceExcerpt {
    /// Terminal columns shown of a line; of a longer one, the part around the span.
    private static let widthLimit = 110
    /// Bytes of a line that are looked at on each side of the span.
    private static let byteLimit = 2000

    let path: String
    /// From 1.
    let line: Int
    /// From 1, in characters as people count them.
    let column: Int
    /// Where the span ends, of the same kind.
    let endLine: Int
    let endColumn: Int
    /// Tabs as blanks, control characters as U+FFFD, cut to the limit.
    let text: String
    /// In terminal columns.
    let underlineStart: Int
    /// At least 1.
    let underlineWidth: Int

    init(_ span: SourceSpan, in sources: [SourceText]) {
        let source = sources[Int(span.file.index)]
        let lower = min(Int(span.utf8.lowerBound), source.utf8.count)
        let upper = min(Int(span.utf8.upperBound), source.utf8.count)
        let index = source.line(at: lower)
        let bytes = source.bytes(ofLine: index)
        let start = min(lower, bytes.upperBound)
        let end = max(start, min(upper, bytes.upperBound))
        let before = source.string(bytes.lowerBound..<start)
        // Of a very long line only as much as could be shown.
        let marked = source.string(start..<min(end, start + Self.byteLimit))
        let after = source.string(end..<min(bytes.upperBound, end + Self.byteLimit))

        path = source.path
        line = index + 1
        column = before.count + 1
        let endIndex = source.line(at: upper)
        endLine = endIndex + 1
        endColumn = source.string(source.lineStarts[endIndex]..<upper).count + 1

        let cut = Self.cut(
            before: Self.cells(String(before.suffix(Self.byteLimit))), marked: Self.cells(marked), after: Self.cells(after))
        text = cut.text
        underlineStart = cut.start
        underlineWidth = max(1, cut.width)
    }

    /// Whether both show the same line alike: long lines are cut around their span.
    func shows(sameLineAs other: SourceExcerpt) -> Bool {
        path == other.path && line == other.line && text == other.text
    }

    /// A character as shown, and the terminal columns that it takes.
    private typealias Cell = (text: String, width: Int)

    private static func cells(_ text: String) -> [Cell] {
        text.map { character in
            if character == "\t" { return ("    ", 4) }
            guard let scalar = character.unicodeScalars.first else { return ("", 0) }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: return ("\u{FFFD}", 1)
            case .nonspacingMark, .enclosingMark: return (String(character), 0)
            default: return (String(character), isWide(scalar) ? 2 : 1)
            }
        }
    }

    /// Unicode TR11, the blocks that terminals draw two columns wide, and emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    private static func cut(before: [Cell], marked: [Cell], after: [Cell]) -> (text: String, start: Int, width: Int) {
        let total = [before, marked, after].joined().reduce(0) { $0 + $1.width }
        guard total > widthLimit else {
            return ((before + marked + after).map(\.text).joined(), width(before), width(marked))
        }
        let shownMarked = prefix(marked, width: widthLimit / 2)
        let shownBefore = Array(prefix(before.reversed(), width: widthLimit / 4).reversed())
        let shownAfter =
            shownMarked.count < marked.count
            ? [] : prefix(after, width: widthLimit - width(shownBefore) - width(shownMarked))
        let head = shownBefore.count < before.count ? "..." : ""
        let tail = shownMarked.count < marked.count || shownAfter.count < after.count ? "..." : ""
        return (
            head + (shownBefore + shownMarked + shownAfter).map(\.text).joined() + tail,
            head.count + width(shownBefore), width(shownMarked)
        )
    }

    private static func width(_ cells: [Cell]) -> Int { cells.reduce(0) { $0 + $1.width } }

    private static func prefix(_ cells: [Cell], width limit: Int) -> [Cell] {
        var used = 0
        return Array(
            cells.prefix { cell in
                used += cell.width
                return used <= limit
            })
    }
}

extension SourceText {
    func string(_ range: Range<Int>) -> String {
        String(decoding: utf8[range], as: UTF8.self)
    }
}
