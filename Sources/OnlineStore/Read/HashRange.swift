/// Hashes in a range, which ends where there would be too many: the rest of the range is for a next time, so that sets of any
/// size can be gone through in bounded memory.
struct HashRange: Sendable {
    private let limit: Int
    private var start: UInt64 = 0
    /// Inclusive.
    private var end = UInt64.max
    /// In any order until `sort`, and some twice.
    private var hashes: [UInt64] = []

    /// - Parameter limit: at least 2.
    init(limit: Int) {
        precondition(limit >= 2, "a range of hashes has room for some")
        self.limit = limit
    }

    /// Ignores what is not in the range.
    mutating func insert(_ hash: UInt64) {
        guard start <= hash, hash <= end else { return }
        hashes.append(hash)
        guard hashes.count > limit else { return }
        sort()
        // Those that were there twice may have made room.
        guard hashes.count > limit / 2 else { return }
        end = hashes[limit / 2 - 1]
        hashes.removeLast(hashes.count - limit / 2)
    }

    mutating func sort() {
        hashes.sort()
        var count = 0
        for hash in hashes where count == 0 || hashes[count - 1] != hash {
            hashes[count] = hash
            count += 1
        }
        hashes.removeLast(hashes.count - count)
    }

    /// Whether the hash is in the range, and not among those inserted. After `sort`.
    func lacks(_ hash: UInt64) -> Bool {
        guard start <= hash, hash <= end else { return false }
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low == hashes.count || hashes[low] != hash
    }

    /// Goes on, with none inserted, to what comes after the range. False when nothing does.
    mutating func startNext() -> Bool {
        guard end < .max else { return false }
        start = end + 1
        end = .max
        hashes.removeAll(keepingCapacity: true)
        return true
    }
}
