import Foundation

/// The file's generator: a 64-bit congruential one, stepped before each output.
struct VectorGenerator {
    private(set) var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }

    /// Twelve uniforms less six: nearly normal, without a logarithm that libraries round apart.
    mutating func irwin() -> Double {
        var sum = 0.0
        for _ in 0..<12 { sum += uniform() }
        return sum - 6
    }
}

extension VectorValue {
    /// A stream: a list as it is, or what a generator gives segment by segment.
    var stream: [Double] {
        get throws {
            if case .list = self { return try numbers }
            var generator = VectorGenerator(seed: UInt64(try self["lcg"].number))
            var values: [Double] = []
            for segment in try self["segments"].elements {
                let kind = try segment["kind"].text
                for _ in 0..<(try segment["n"].int) {
                    switch kind {
                    case "irwin":
                        values.append(try segment["mean"].number + (try segment["sd"].number) * generator.irwin())
                    case "bernoulli":
                        values.append(generator.uniform() < (try segment["p"].number) ? 1 : 0)
                    case "uniform":
                        values.append(generator.uniform())
                    default:
                        throw Unexpected(description: "no generator of kind `\(kind)`")
                    }
                }
            }
            guard has("then") else { return values }
            let then = try self["then"].text
            guard then == "exp(x)" else { throw Unexpected(description: "no mapping `\(then)`") }
            return values.map { exp($0) }
        }
    }

    /// A matrix of the generator's nearly normal values, row by row.
    var matrix: [[Double]] {
        get throws {
            if case .list = self { return try rows }
            var generator = VectorGenerator(seed: UInt64(try self["lcg"].number))
            let columns = try self["cols"].int
            return (0..<(try self["rows"].int)).map { _ in (0..<columns).map { _ in generator.irwin() } }
        }
    }
}
