/// Hashes that are the same on every machine and in every version, as what is stored by them must stay comparable.
package enum StableHash {
    /// The first 8 bytes of MD5 as a big-endian number: what Postgres gives by `('x' || left(md5(text), 16))::bit(64)` read as
    /// unsigned. Vector: sketch.kmv_and_hll_md5.
    package static func md5(_ bytes: some Collection<UInt8>) -> UInt64 {
        MD5.digest(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package static func md5(_ text: String) -> UInt64 { md5(text.utf8) }

    /// Of a number, in process: its bits mixed, -0 as 0, every NaN alike.
    @inline(__always)
    package static func number(_ value: Double) -> UInt64 {
        SplitMix64.mix(value == 0 ? 0 : value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    }
}
