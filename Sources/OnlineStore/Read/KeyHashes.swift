/// Which of many keys are there, by hashes of 64 bits, 12 to 32 bytes for each key. Two keys of one hash, one pair in 10^19, are taken for one.
package struct KeyHashes: Sendable {
    /// Each hash at its place or after it, before the first zero, which is none.
    private var slots = [Int](repeating: 0, count: 1 << 10)
    package private(set) var count = 0

    package init() {}

    mutating func insert(_ key: UnsafeRawBufferPointer) {
        if 4 * count >= 3 * slots.count { grow() }
        let hash = Self.hash(key)
        let place = Self.place(of: hash, in: slots)
        guard slots[place] == 0 else { return }
        slots[place] = hash
        count += 1
    }

    func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        slots[Self.place(of: Self.hash(key), in: slots)] != 0
    }

    /// Where the hash is, or would be.
    private static func place(of hash: Int, in slots: [Int]) -> Int {
        var place = hash & (slots.count - 1)
        while slots[place] != 0, slots[place] != hash { place = (place + 1) & (slots.count - 1) }
        return place
    }

    private mutating func grow() {
        var wider = [Int](repeating: 0, count: 2 * slots.count)
        for hash in slots where hash != 0 { wider[Self.place(of: hash, in: wider)] = hash }
        slots = wider
    }

    /// Seeded anew in each process, so that nobody can choose keys that meet.
    static func hash(_ key: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        let hash = hasher.finalize()
        return hash == 0 ? 1 : hash
    }
}
