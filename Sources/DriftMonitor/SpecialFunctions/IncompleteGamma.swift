import Foundation

/// The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x).
package enum IncompleteGamma {
    /// P(a, x), for a > 0, x >= 0.
    package static func lower(_ a: Double, _ x: Double) -> Double { tails(a, x).lower }

    /// Q(a, x), without the cancellation of 1 - P.
    package static func upper(_ a: Double, _ x: Double) -> Double { tails(a, x).upper }

    /// The series DLMF 8.7.1 below a + 1, the continued fraction DLMF 8.9.2 (Lentz) above: the side that converges fast.
    private static func tails(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        guard x > 0 else { return x == 0 ? (0, 1) : (.nan, .nan) }
        guard x < .infinity else { return (1, 0) }
        let bound = 1000 + 20 * Int(min(max(a, 1), 1e12).squareRoot())
        let front = SaddlePoint.poisson(a, x)  // x^a e^-x / Gamma(a + 1)
        if x < a + 1 {
            var term = 1.0
            var sum = 1.0
            for n in 1...bound {
                term *= x / (a + Double(n))
                sum += term
                if term < sum * 1e-17 { break }
            }
            let lower = front * sum
            return (lower, 1 - lower)
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var result = d
        for n in 1...bound {
            let numerator = -Double(n) * (Double(n) - a)
            b += 2
            d = numerator * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            let change = c * d
            result *= change
            if abs(change - 1) < 1e-16 { break }
        }
        let upper = front * a * result
        return (1 - upper, upper)
    }
}

/// The chi-square distribution.
package enum ChiSquare {
    /// P(X > x) with so many degrees of freedom: Q(dof / 2, x / 2). With none, X is 0.
    package static func upperTail(_ x: Double, degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0 else { return x > 0 ? 0 : 1 }
        return IncompleteGamma.upper(degreesOfFreedom / 2, x / 2)
    }

    /// The x with P(X <= x) = p: Wilson and Hilferty's guess, then Newton's steps inside a shrinking bracket.
    package static func quantile(_ p: Double, degreesOfFreedom dof: Double) -> Double {
        guard p > 0, p < 1, dof > 0 else { return p == 0 ? 0 : p == 1 ? .infinity : .nan }
        let spread = 2 / (9 * dof)
        var x = max(dof * pow(1 - spread + Normal.quantile(p) * spread.squareRoot(), 3), 1e-8 * dof)
        var low = 0.0
        var high = Double.infinity
        for _ in 0..<400 {
            let excess =
                p < 0.5
                ? IncompleteGamma.lower(dof / 2, x / 2) - p : (1 - p) - IncompleteGamma.upper(dof / 2, x / 2)
            if excess == 0 { return x }
            if excess > 0 { high = x } else { low = x }
            // The density at x is x^(k/2 - 1) e^(-x/2) / (2^(k/2) Gamma(k/2)).
            let density = SaddlePoint.poisson(dof / 2, x / 2) * dof / (2 * x)
            var next = x - excess / density
            if !(next > low && next < high) { next = high == .infinity ? 2 * x : (low + high) / 2 }
            if abs(next - x) <= 1e-15 * x { return next }
            x = next
        }
        return x
    }
}
