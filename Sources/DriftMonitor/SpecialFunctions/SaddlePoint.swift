import Foundation

/// The prefactors of the incomplete beta and gamma functions by Loader's saddle-point form ("Fast and accurate computation of
/// binomial probabilities", 2000; also R's `dbinom_raw` and `dpois_raw`). Written with log-gamma, they would lose a digit for each
/// power of ten of their arguments; written so, they keep about 15 digits at any size.
enum SaddlePoint {
    /// log(n!) - log(sqrt(2 pi n) (n/e)^n), for n >= 0 that need not be whole.
    static func stirlingError(_ n: Double) -> Double {
        if n < 16 { return lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(2 * Double.pi) }
        // Bernoulli series, DLMF 5.11.1; the first left-out term is below 1e-17 from 16 on.
        let square = n * n
        var sum = 0.0
        for coefficient in stirlingCoefficients.reversed() { sum = sum / square + coefficient }
        return sum / n
    }

    private static let stirlingCoefficients: [Double] = [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
    ]

    /// x log(x / np) + np - x, without cancellation where x is near np.
    static func deviance(_ x: Double, _ np: Double) -> Double {
        guard abs(x - np) < 0.1 * (x + np) else { return x * log(x / np) + np - x }
        let v = (x - np) / (x + np)
        var sum = (x - np) * v
        var term = 2 * x * v
        var k = 1.0
        while true {
            term *= v * v
            let next = sum + term / (2 * k + 1)
            if next == sum { return next }
            sum = next
            k += 1
        }
    }

    /// x^a e^-x / Gamma(a + 1), for a >= 0.
    static func poisson(_ a: Double, _ x: Double) -> Double {
        if x == 0 { return a == 0 ? 1 : 0 }
        if a == 0 { return exp(-x) }
        return exp(-stirlingError(a) - deviance(a, x)) / (2 * Double.pi * a).squareRoot()
    }

    /// Gamma(a + b + 1) / (Gamma(a + 1) Gamma(b + 1)) x^a y^b with x + y = 1, for a, b >= 0.
    static func binomial(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        if a == 0 { return exp(b * (x < 0.5 ? log1p(-x) : log(y))) }
        if b == 0 { return exp(a * (y < 0.5 ? log1p(-y) : log(x))) }
        let n = a + b
        let exponent =
            stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
        return exp(exponent) * (n / (2 * Double.pi * a * b)).squareRoot()
    }
}
