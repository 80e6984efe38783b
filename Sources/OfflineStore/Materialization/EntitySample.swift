/// A share of all entities, chosen by a hash of their keys: the same ones for the same seed.
package struct EntitySample: Hashable, Sendable {
    /// How many hashes of `hashes` are in.
    let threshold: Int64
    package let seed: Int64
    static let hashes: Int64 = 1 << 20

    var share: Double { Double(threshold) / Double(Self.hashes) }

    /// `share` is in 0...1; a share too small for one hash of 2^20 gets one.
    package init(share: Double, seed: Int64) {
        precondition((0...1).contains(share), "a share is in 0...1")
        threshold = max(1, Int64(share * Double(Self.hashes)))
        self.seed = seed
    }
}
