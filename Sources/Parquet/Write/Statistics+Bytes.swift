extension Statistics.Bounds {
    /// A bound of more bytes is shortened: it only has to be one.
    static let lengthLimit = 64

    /// Bounds of text or bytes, nil if no short one exists. Shortened text stays text.
    init?(bytesFrom minimum: UnsafeRawBufferPointer, to maximum: UnsafeRawBufferPointer, isText: Bool) {
        var lower = ContiguousArray(minimum.prefix(Self.lengthLimit))
        if lower.count < minimum.count, isText { lower.removeIncompleteCharacter() }
        var upper = ContiguousArray(maximum.prefix(Self.lengthLimit))
        if upper.count < maximum.count {
            if isText { upper.removeIncompleteCharacter() }
            guard isText ? upper.becomeNextText() : upper.becomeNextBytes() else { return nil }
        }
        self.init(
            minimum: lower, maximum: upper, isMinimumExact: minimum.count <= Self.lengthLimit,
            isMaximumExact: maximum.count <= Self.lengthLimit)
    }
}

extension ContiguousArray<UInt8> {
    /// Of UTF-8 cut at any byte, takes away what is left of the character that was cut.
    fileprivate mutating func removeIncompleteCharacter() {
        var start = count
        while start > 0, self[start - 1] & 0xC0 == 0x80 { start -= 1 }
        guard start > 0 else { return }
        let lead = self[start - 1]
        let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        if count - (start - 1) < length { removeSubrange((start - 1)...) }
    }

    /// Makes it the least text that comes after all that begin with it, or says that there is none.
    fileprivate mutating func becomeNextText() -> Bool {
        var scalars = Array(String(decoding: self, as: UTF8.self).unicodeScalars)
        while let last = scalars.popLast() {
            // After U+D7FF come the surrogates, which are no characters.
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            guard let successor = Unicode.Scalar(next) else { continue }
            scalars.append(successor)
            self = ContiguousArray(scalars.flatMap { Array(String($0).utf8) })
            return true
        }
        return false
    }

    /// The same for bytes.
    fileprivate mutating func becomeNextBytes() -> Bool {
        while let last = popLast() {
            guard last < 0xFF else { continue }
            append(last + 1)
            return true
        }
        return false
    }
}
