/// Which rows of a column are not NULL: a bit for each row, kept only once there is a NULL.
package struct Validity: Hashable, Sendable {
    package private(set) var count = 0
    package private(set) var nullCount = 0
    /// Row `i` is bit `i % 64` of word `i / 64`, set where the row is not NULL. Empty while there is no NULL.
    package private(set) var words: ContiguousArray<UInt64> = []

    package init() {}

    /// Rows without a NULL.
    package init(validCount: Int) {
        count = validCount
    }

    /// So many rows, of which those are not NULL that the condition holds for.
    @inline(__always)
    init(count: Int, where isValid: (Int) -> Bool) {
        var words = ContiguousArray<UInt64>()
        words.reserveCapacity((count + 63) / 64)
        var validCount = 0
        for start in stride(from: 0, to: count, by: 64) {
            var word: UInt64 = 0
            for row in start..<min(count, start + 64) where isValid(row) { word |= 1 << UInt64(row - start) }
            validCount += word.nonzeroBitCount
            words.append(word)
        }
        self.count = count
        nullCount = count - validCount
        if nullCount > 0 { self.words = words }
    }

    /// The words of another, read back.
    init(count: Int, nullCount: Int, words: ContiguousArray<UInt64>) {
        precondition(words.isEmpty ? nullCount == 0 : words.count >= (count + 63) / 64, "there is a bit for each row")
        self.count = count
        self.nullCount = nullCount
        self.words = words
    }

    /// Whether row `index` is not NULL.
    @inlinable
    package func isValid(_ index: Int) -> Bool {
        words.isEmpty || words[index >> 6] & (1 << UInt64(index & 63)) != 0
    }

    @inline(__always)
    package mutating func appendValid() {
        if !words.isEmpty {
            if count & 63 == 0 { words.append(0) }
            words[count >> 6] |= 1 << UInt64(count & 63)
        }
        count += 1
    }

    /// Appends so many rows that are not NULL.
    package mutating func appendValid(count added: Int) {
        guard !words.isEmpty else {
            count += added
            return
        }
        for _ in 0..<added { appendValid() }
    }

    /// The rows that are NULL, in their order.
    package var nullRows: [Int] { nullRows(in: 0..<count) }

    /// Those of a range's rows that are NULL, in their order.
    package func nullRows(in range: Range<Int>) -> [Int] {
        guard nullCount > 0, !range.isEmpty else { return [] }
        var rows: [Int] = []
        for index in range.lowerBound >> 6...(range.upperBound - 1) >> 6 {
            var nulls = ~words[index]
            while nulls != 0 {
                let row = index << 6 | nulls.trailingZeroBitCount
                if range.contains(row) { rows.append(row) }
                nulls &= nulls - 1
            }
        }
        return rows
    }

    /// Those of a range's rows that are not NULL, as runs of neighbours.
    package func validRuns(in range: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = range.lowerBound
        for null in nullRows(in: range) {
            if start < null { runs.append(start..<null) }
            start = null + 1
        }
        if start < range.upperBound { runs.append(start..<range.upperBound) }
        return runs
    }

    /// Appends the rows of another.
    package mutating func append(contentsOf other: Validity) {
        guard other.nullCount > 0 else { return appendValid(count: other.count) }
        for index in 0..<other.count {
            if other.isValid(index) { appendValid() } else { appendNull() }
        }
    }

    /// The rows of a range.
    package subscript(range: Range<Int>) -> Validity {
        guard nullCount > 0 else { return Validity(validCount: range.count) }
        return Validity(count: range.count) { isValid(range.lowerBound + $0) }
    }

    package mutating func appendNull() {
        if words.isEmpty { startWords() }
        if count >> 6 == words.count { words.append(0) }
        count += 1
        nullCount += 1
    }

    /// The bits of the rows so far, and one word at least, so that the column is known to have a NULL.
    private mutating func startWords() {
        words = ContiguousArray(repeating: .max, count: count >> 6)
        if count & 63 != 0 || words.isEmpty { words.append((1 << UInt64(count & 63)) - 1) }
    }
}
