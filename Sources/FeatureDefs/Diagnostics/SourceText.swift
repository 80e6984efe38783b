/// A file's bytes with the places where its lines begin.
///
/// Shared by everything that was read from the file, hence a class; it never changes.
package final class SourceText: Sendable {
    package let file: FileID
    package let path: String
    /// Without a byte order mark.
    package let utf8: [UInt8]
    /// The offset of each line's first byte. Lines end where YAML ends them: LF, CR, CRLF, NEL, LS, PS.
    package let lineStarts: [Int]

    package init(file: FileID, path: String, text: String) {
        self.file = file
        self.path = path
        let bytes = Array(text.utf8)
        utf8 = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        lineStarts = Self.lineStarts(of: utf8)
    }

    package func span(_ range: Range<Int>) -> SourceSpan {
        SourceSpan(file: file, utf8: Int32(range.lowerBound)..<Int32(range.upperBound))
    }

    /// The line, from 0, that holds an offset.
    package func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// A line's bytes, without its end.
    package func bytes(ofLine line: Int) -> Range<Int> {
        let start = lineStarts[line]
        var end = line + 1 < lineStarts.count ? lineStarts[line + 1] : utf8.count
        while end > start, Self.lineBreakLength(in: utf8, at: end - 1) == 1 { end -= 1 }
        if end - start >= 3, Self.lineBreakLength(in: utf8, at: end - 3) == 3 { return start..<end - 3 }
        if end - start >= 2, utf8[end - 2] == 0xC2, utf8[end - 1] == 0x85 { return start..<end - 2 }
        return start..<end
    }

    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        var offset = 0
        while offset < bytes.count {
            let length = lineBreakLength(in: bytes, at: offset)
            offset += max(1, length)
            if length > 0 { starts.append(offset) }
        }
        return starts
    }

    /// The bytes of the line break at an offset; 0 when there is none.
    private static func lineBreakLength(in bytes: [UInt8], at offset: Int) -> Int {
        switch bytes[offset] {
        case 0x0A: 1
        case 0x0D: offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
        case 0xC2: offset + 1 < bytes.count && bytes[offset + 1] == 0x85 ? 2 : 0
        case 0xE2:
            offset + 2 < bytes.count && bytes[offset + 1] == 0x80 && (bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9)
                ? 3 : 0
        default: 0
        }
    }
}
