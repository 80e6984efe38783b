/// Hashes of keys: quick, and spread over the high bits. Not for keys that an attacker chooses: they would make a join slow,
/// never wrong.
enum KeyHash {
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    static func of(_ word: UInt64) -> UInt64 {
        let mixed = (word ^ (word >> 32)) &* multiplier
        return mixed ^ (mixed >> 29)
    }

    @inline(__always)
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(bytes.count) &* multiplier
        var offset = 0
        while bytes.count - offset >= 8 {
            hash = combined(hash, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        if offset < bytes.count {
            var rest: UInt64 = 0
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            hash = combined(hash, rest)
        }
        return hash
    }

    @inline(__always)
    private static func combined(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let (high, low) = (hash ^ word).multipliedFullWidth(by: multiplier | 1)
        return high ^ low
    }
}
