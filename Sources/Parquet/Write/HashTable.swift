/// Finds entries, numbered from 0, by hash: an open table of their numbers. The entries themselves are the caller's.
struct HashTable {
    private var slots = ContiguousArray<UInt32>(repeating: .max, count: 1024)
    private var entryCount = 0

    /// The number of the entry that is equal, or the number that a new one will have.
    @inline(__always)
    func index(hash: UInt64, isEqual: (Int) -> Bool) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == .max { return entryCount }
            if isEqual(Int(entry)) { return Int(entry) }
            slot = (slot + 1) & mask
        }
    }

    /// Adds the next entry. `hashOfEntry` gives the hash of any, the new one too.
    mutating func insert(hash: UInt64, hashOfEntry: (Int) -> UInt64) {
        place(UInt32(entryCount), hash)
        entryCount += 1
        guard entryCount * 2 > slots.count else { return }
        slots = ContiguousArray(repeating: .max, count: slots.count * 4)
        for entry in 0..<entryCount { place(UInt32(entry), hashOfEntry(entry)) }
    }

    private mutating func place(_ entry: UInt32, _ hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != .max { slot = (slot + 1) & mask }
        slots[slot] = entry
    }
}
