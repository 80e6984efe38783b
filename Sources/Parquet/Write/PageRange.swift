/// The part of a chunk that one page holds. It begins and ends with a row.
struct PageRange {
    var entries: Range<Int>
    var values: Range<Int>
}

extension PageRange {
    /// Cuts a chunk into pages of about so many bytes.
    static func pages<Values: ChunkValues>(of values: Values, levels: Levels, byteLimit: Int) -> [PageRange] {
        if let width = Values.fixedByteCount, levels.definition == nil {
            let step = max(1, byteLimit / width)
            return stride(from: 0, to: levels.entryCount, by: step).map {
                let range = $0..<min($0 + step, levels.entryCount)
                return PageRange(entries: range, values: range)
            }
        }
        let width = Values.fixedByteCount
        var pages: [PageRange] = []
        var page = PageRange(entries: 0..<0, values: 0..<0)
        var (value, byteCount) = (0, 0)
        for entry in 0..<levels.entryCount {
            if byteCount >= byteLimit, levels.startsRow(entry) {
                page.entries = page.entries.lowerBound..<entry
                page.values = page.values.lowerBound..<value
                pages.append(page)
                page = PageRange(entries: entry..<entry, values: value..<value)
                byteCount = 0
            }
            // A NULL costs something too, so that a page of them ends.
            byteCount += 1
            if levels.hasValue(entry) {
                byteCount += width ?? values.byteCount(value)
                value += 1
            }
        }
        page.entries = page.entries.lowerBound..<levels.entryCount
        page.values = page.values.lowerBound..<value
        pages.append(page)
        return pages
    }
}

extension Levels {
    @inline(__always)
    fileprivate func startsRow(_ entry: Int) -> Bool { repetition.map { $0[entry] == 0 } ?? true }

    @inline(__always)
    fileprivate func hasValue(_ entry: Int) -> Bool { definition.map { $0[entry] == maximumDefinition } ?? true }
}
