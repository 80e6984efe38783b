import Foundation

/// The regularised incomplete beta function I_x(a, b), the distribution of a beta variate.
package enum IncompleteBeta {
    /// I_x(a, b), for a, b > 0: the continued fraction DLMF 8.17.22 by Lentz's method, on the side where it converges fast.
    package static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return x.isNaN ? .nan : 0 }
        guard x < 1 else { return 1 }
        return tails(x, 1 - x, a, b).lower
    }

    /// I_x(a, b) and 1 - I_x(a, b), with y = 1 - x. Whichever is small is computed, the other is what is left.
    static func tails(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> (lower: Double, upper: Double) {
        // x^a y^b / (a B(a, b)) = binomial(a, b) b / (a + b), and likewise for the other side.
        let front = SaddlePoint.binomial(a, b, x, y)
        if x <= (a + 1) / (a + b + 2) {
            let lower = front * b / (a + b) * fraction(x, a, b)
            return (lower, 1 - lower)
        }
        let upper = front * a / (a + b) * fraction(y, b, a)
        return (1 - upper, upper)
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var result = d
        // It takes some sqrt(max(a, b)) steps; the bound only keeps a NaN from looping for ever.
        let bound = 1000 + 20 * Int(min(max(a, b), 1e12).squareRoot())
        for m in 1...bound {
            let step = Double(m)
            let even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
            let odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
            var change = 1.0
            for numerator in [even, odd] {
                d = 1 + numerator * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + numerator / c
                if abs(c) < tiny { c = tiny }
                change = c * d
                result *= change
            }
            if abs(change - 1) < 1e-16 { break }
        }
        return result
    }

    /// The x with I_x(a, b) = p: Newton's steps on the tail that is small, kept inside a bracket that only shrinks.
    package static func quantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? 0 : p == 1 ? 1 : .nan }
        var low = 0.0
        var high = 1.0
        var x = a / (a + b)
        for _ in 0..<400 {
            let (lower, upper) = tails(x, 1 - x, a, b)
            let excess = p < 0.5 ? lower - p : (1 - p) - upper
            if excess == 0 { return x }
            if excess > 0 { high = x } else { low = x }
            let density = SaddlePoint.binomial(a, b, x, 1 - x) * a * b / ((a + b) * x * (1 - x))
            var next = x - excess / density
            // Deep in a tail the middle of the exponents is the better guess; elsewhere the middle.
            if !(next > low && next < high) { next = low > 0 && high / low > 4 ? (low * high).squareRoot() : (low + high) / 2 }
            if low == 0, next > high / 2, excess > 0, next < high, density == 0 { next = high * 1e-3 }
            if abs(next - x) <= 1e-16 * x { return next }
            x = next
        }
        return x
    }
}
