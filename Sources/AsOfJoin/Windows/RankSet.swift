/// A set of small numbers that knows its least and greatest: bits, with a bit for each word of them above, and so on.
///
/// Every operation costs one step for each factor of 64 in the capacity.
struct RankSet {
    /// `levels[0]` has a bit for each number; each level above has one for each word below that is not 0.
    private var levels: [ContiguousArray<UInt64>] = []
    private var capacity = 0

    /// Empties the set, with room for `0 ..< capacity`.
    mutating func reset(capacity: Int) {
        if capacity <= self.capacity {
            for level in levels.indices {
                levels[level].withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
            }
            return
        }
        self.capacity = capacity
        levels.removeAll()
        var size = capacity
        repeat {
            size = (size + 63) / 64
            levels.append(ContiguousArray(repeating: 0, count: size))
        } while size > 1
    }

    mutating func insert(_ number: Int) {
        var index = number
        for level in levels.indices {
            let word = index >> 6
            let wasEmpty = levels[level][word] == 0
            levels[level][word] |= 1 << UInt64(index & 63)
            if !wasEmpty { return }
            index = word
        }
    }

    mutating func remove(_ number: Int) {
        var index = number
        for level in levels.indices {
            let word = index >> 6
            levels[level][word] &= ~(1 << UInt64(index & 63))
            if levels[level][word] != 0 { return }
            index = word
        }
    }

    /// The least number, or nil.
    var first: Int? {
        guard let top = levels.last, top[0] != 0 else { return nil }
        var index = 0
        for level in levels.reversed() { index = index << 6 | level[index].trailingZeroBitCount }
        return index
    }

    /// The greatest number less than another, or nil.
    func last(before number: Int) -> Int? {
        var index = number
        for level in levels.indices {
            let below = levels[level][index >> 6] & ((1 << UInt64(index & 63)) - 1)
            index >>= 6
            guard below != 0 else { continue }
            index = index << 6 | (63 - below.leadingZeroBitCount)
            for lower in levels[..<level].reversed() { index = index << 6 | (63 - lower[index].leadingZeroBitCount) }
            return index
        }
        return nil
    }

    /// The greatest number, or nil.
    var last: Int? {
        guard let top = levels.last, top[0] != 0 else { return nil }
        var index = 0
        for level in levels.reversed() { index = index << 6 | (63 - level[index].leadingZeroBitCount) }
        return index
    }
}
