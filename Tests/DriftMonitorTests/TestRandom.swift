import DriftMonitor

/// Values for tests, from a seed.
struct TestRandom {
    var source: SplitMix64

    init(_ seed: UInt64) { source = SplitMix64(seed: seed) }

    mutating func normals(_ count: Int, mean: Double = 0, sd: Double = 1) -> [Double] {
        (0..<count).map { _ in mean + sd * source.normal() }
    }

    mutating func shuffled<Element>(_ values: [Element]) -> [Element] {
        var values = values
        for index in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(index, source.below(index + 1)) }
        return values
    }

    /// Numbers of every kind that a feature may have.
    mutating func adversarial(_ count: Int) -> [Double] {
        let odd: [Double] = [
            0, -0.0, .nan, .infinity, -.infinity, Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude, 1.7e308, -1.7e308,
            0x1p53, 0.1, 1e-300, 1e200,
        ]
        return (0..<count).map { _ in
            switch source.below(4) {
            case 0: odd[source.below(odd.count)]
            case 1: Double(source.below(5))
            case 2: source.normal() * 1e6
            default: source.normal()
            }
        }
    }
}
