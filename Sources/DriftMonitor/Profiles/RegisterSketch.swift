import Foundation

/// HyperLogLog: the greatest rank of a hash in each of 2^p registers; the number of distinct values to 1.04 / sqrt(2^p) (1.6% at 12) in
/// 4 kB. Where only that is wanted; `DistinctSketch` tells overlaps too. The classic estimator, with linear counting below 2.5 m
/// (Flajolet et al. 2007). Vector: sketch.kmv_and_hll_md5.
package struct RegisterSketch: Hashable, Sendable {
    package let precision: Int
    package private(set) var registers: ContiguousArray<UInt8>

    package init(precision: Int = 12) {
        precondition((7...18).contains(precision), "a sketch has between 2^7 and 2^18 registers")
        self.precision = precision
        registers = ContiguousArray(repeating: 0, count: 1 << precision)
    }

    /// The top p bits choose the register; its rank is 1 and the leading zeros of the other 64 - p bits.
    package mutating func add(_ hash: UInt64) {
        let index = Int(hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision)
        let rank = UInt8(min(rest.leadingZeroBitCount, 64 - precision) + 1)
        registers[index] = max(registers[index], rank)
    }

    package mutating func merge(_ other: RegisterSketch) {
        precondition(precision == other.precision, "sketches of one size merge")
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    package var estimate: Double {
        let m = Double(registers.count)
        let harmonic = registers.reduce(0.0) { $0 + exp2(-Double($1)) }
        let raw = 0.7213 / (1 + 1.079 / m) * m * m / harmonic
        let zeros = registers.count { $0 == 0 }
        return raw <= 2.5 * m && zeros > 0 ? m * log(m / Double(zeros)) : raw
    }
}
