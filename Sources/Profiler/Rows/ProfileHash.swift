import DriftMonitor

/// Hashes that are stored: the same on every machine and in every version.
enum ProfileHash {
    static func hexadecimal(_ text: String) -> String {
        let digits = String(StableHash.md5(text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @inline(__always)
    static func combined(_ hash: UInt64, _ value: UInt64) -> UInt64 { SplitMix64.mix(hash ^ SplitMix64.mix(value)) }

    /// Of bytes, in process: eight at a time.
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = SplitMix64.mix(UInt64(bytes.count) &+ 1)
        var word: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            word |= UInt64(byte) << UInt64(8 * (index & 7))
            if index & 7 == 7 {
                hash = combined(hash, word)
                word = 0
            }
        }
        return bytes.count & 7 == 0 ? hash : combined(hash, word)
    }
}
