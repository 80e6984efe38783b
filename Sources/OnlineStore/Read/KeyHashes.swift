/// Which keys have been seen, by hashes of 64 bits, 8 to 16 bytes for each key. Two keys of one hash, one pair in 10^19, are taken for one.
package struct KeyHashes: Sendable {
    private var hashes: [Int] = []

    package init() {}

    /// How many keys were put in.
    package var count: Int { hashes.count }

    /// A key that was not put in yet.
    mutating func append(_ key: UnsafeRawBufferPointer) { hashes.append(Self.hash(key)) }

    /// Makes ready for questions: only where some are asked is it worth the time.
    consuming func sorted() -> SortedKeyHashes { SortedKeyHashes(hashes) }

    /// Seeded anew in each process, so that nobody can choose keys that meet.
    static func hash(_ key: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        return hasher.finalize()
    }
}

/// Hashes of keys, to look others up in.
struct SortedKeyHashes: Sendable {
    private var hashes: [Int]

    fileprivate init(_ unsorted: consuming [Int]) {
        hashes = unsorted
        hashes.sort()
    }

    func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        let hash = KeyHashes.hash(key)
        var range = hashes.startIndex..<hashes.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if hashes[middle] == hash { return true }
            range = hashes[middle] < hash ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }
}
