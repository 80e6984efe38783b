/// An unevaluated sum of two doubles, about 106 bits: what central moments need, where sums of powers cancel (Dekker 1971).
struct DoubleDouble: Hashable, Sendable {
    let high: Double
    let low: Double

    init(_ value: Double) { (high, low) = (value, 0) }

    init(high: Double, low: Double) {
        let sum = high + low
        // Where the sum overflows there is no rest.
        (self.high, self.low) = (sum, sum.isFinite ? low - (sum - high) : 0)
    }

    var value: Double { high + low }

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let sum = a.high + b.high
        guard sum.isFinite else { return DoubleDouble(sum) }
        let part = sum - a.high
        let rest = (a.high - (sum - part)) + (b.high - part)
        return DoubleDouble(high: sum, low: rest + a.low + b.low)
    }

    static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(high: -a.high, low: -a.low) }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let product = a.high * b.high
        guard product.isFinite else { return DoubleDouble(product) }
        let cross = a.high * b.low + a.low * b.high
        return DoubleDouble(high: product, low: (-product).addingProduct(a.high, b.high) + cross)
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let first = a.high / b.high
        guard first.isFinite else { return DoubleDouble(first) }
        let rest = a - b * DoubleDouble(first)
        return DoubleDouble(high: first, low: rest.high / b.high)
    }
}
