/// One definition file, as the caller read it. `FeatureDefs` itself opens no file.
package struct SourceFile: Hashable, Sendable {
    /// As shown in diagnostics: relative to where the user stands.
    package let path: String
    package let text: String
    /// Where the bytes stopped being UTF-8; nil when they were sound.
    package let invalidUTF8Offset: Int?
    /// Whether the bytes are those of a text in UTF-16.
    package let isUTF16: Bool

    /// In bytes: more than this is no definition file.
    package static let sizeLimit = 4 << 20

    package init(path: String, text: String) {
        self.path = path
        self.text = text
        invalidUTF8Offset = nil
        isUTF16 = false
    }

    /// Bytes that are not UTF-8 are kept as U+FFFD, so that the place can be shown, and reported by `parseProject`.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        isUTF16 = Self.isUTF16(bytes)
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            invalidUTF8Offset = nil
        } else {
            text = String(decoding: bytes, as: UTF8.self)
            // Repair leaves the sound beginning as it is, so both agree up to the first bad byte.
            invalidUTF8Offset = zip(text.utf8, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
        }
    }

    /// Whether bytes begin with UTF-16's mark, or with two ASCII characters of it.
    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        let isMarked = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        let isZero = bytes.prefix(4).map { $0 == 0 }
        return isMarked || isZero == [true, false, true, false] || isZero == [false, true, false, true]
    }
}

/// A file of the project: its place in the list sorted by path.
package struct FileID: Hashable, Sendable, Comparable {
    package let index: Int32

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.index < rhs.index }
}

/// A piece of a file, in bytes of its UTF-8. Lines and columns are worked out only when printed.
package struct SourceSpan: Hashable, Sendable {
    package var file: FileID
    package var utf8: Range<Int32>
}

extension SourceSpan: Comparable {
    /// By file, then by place.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.file, lhs.utf8.lowerBound, lhs.utf8.upperBound) < (rhs.file, rhs.utf8.lowerBound, rhs.utf8.upperBound)
    }
}
