/// A YAML scalar: what it says, and how to find a piece of it in the file.
struct ScalarText: Sendable {
    enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        /// `|` or `>`
        case block
    }

    /// The value, quotes and escapes undone.
    let text: String
    let style: Style
    /// Where the scalar begins in the file, at its quote if it has one.
    let start: Int
    let source: SourceText

    /// The scalar without its quotes; its first byte when it cannot be followed in the file.
    var span: SourceSpan { span(of: 0..<text.utf8.count) }

    /// Where a piece of the value (a range of its UTF-8) stands in the file. Pieces of block scalars, and of ones with
    /// escapes beyond the simple ones, are shown at the scalar's start.
    func span(of piece: Range<Int>) -> SourceSpan {
        var walker = ScalarWalker(self)
        guard let range = walker.range(of: piece) else {
            let end = min(start + 1, source.utf8.count)
            return source.span(min(start, end)..<end)
        }
        return source.span(range)
    }
}

/// Follows a scalar's value through the file byte by byte. Only run for a diagnostic.
private struct ScalarWalker {
    private let value: [UInt8]
    private let style: ScalarText.Style
    private let bytes: [UInt8]
    private var position: Int
    /// The end of the run of blanks that was last looked through, and holds no line break.
    private var plainBlanksEnd = 0

    init(_ scalar: ScalarText) {
        value = Array(scalar.text.utf8)
        style = scalar.style
        bytes = scalar.source.utf8
        position = scalar.start
    }

    mutating func range(of piece: Range<Int>) -> Range<Int>? {
        switch style {
        case .block: return nil
        case .singleQuoted, .doubleQuoted: position += 1
        case .plain: break
        }
        var start = position
        var end = position
        for index in value.indices {
            guard let length = matchedLength(value[index]) else { return nil }
            if index <= piece.lowerBound { start = position }
            position += length
            if index < piece.upperBound { end = position }
        }
        if piece.lowerBound >= value.count { start = position }
        return start..<max(start, end)
    }

    /// How many bytes of the file stand for one byte of the value here; nil when they are not alike.
    private mutating func matchedLength(_ byte: UInt8) -> Int? {
        guard position < bytes.count else { return nil }
        if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") { return blankLength(byte) }
        if style == .singleQuoted, byte == UInt8(ascii: "'") {
            return bytes[position...].starts(with: [byte, byte]) ? 2 : nil
        }
        if style == .doubleQuoted, bytes[position] == UInt8(ascii: "\\") {
            guard position + 1 < bytes.count, bytes[position + 1] == byte,
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            else { return nil }
            return 2
        }
        return bytes[position] == byte ? 1 : nil
    }

    /// A blank of the value may be a line break with its indentation in the file: YAML folds lines.
    private mutating func blankLength(_ byte: UInt8) -> Int? {
        if position < plainBlanksEnd { return bytes[position] == byte ? 1 : nil }
        var end = position
        var hasBreak = false
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x0A || bytes[end] == 0x0D || bytes[end] == 0x09 {
            hasBreak = hasBreak || bytes[end] == 0x0A || bytes[end] == 0x0D
            end += 1
        }
        if hasBreak { return end - position }
        plainBlanksEnd = end
        return bytes[position] == byte ? 1 : nil
    }
}
