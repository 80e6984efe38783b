import Foundation

/// The distribution of the largest distance between two distribution functions.
package enum Kolmogorov {
    /// The limit of P(sqrt(n) D > lambda): 2 sum over k >= 1 of (-1)^(k-1) exp(-2 k^2 lambda^2), and below 1 the dual theta series
    /// 1 - sqrt(2 pi)/lambda sum exp(-(2k-1)^2 pi^2 / (8 lambda^2)) (Kolmogorov 1933, Feller 1948). Vector: ks.small_unequal.
    package static func limitUpperTail(_ lambda: Double) -> Double {
        guard lambda > 0 else { return lambda.isNaN ? .nan : 1 }
        if lambda < 1 {
            let unit = -Double.pi * Double.pi / (8 * lambda * lambda)
            var sum = 0.0
            for odd: Double in [1, 3, 5, 7] { sum += exp(unit * odd * odd) }
            return 1 - (2 * Double.pi).squareRoot() / lambda * sum
        }
        var sum = 0.0
        var sign = 1.0
        for k in 1...20 {
            let term = exp(-2 * Double(k * k) * lambda * lambda)
            sum += sign * term
            sign = -sign
            if term < sum * 1e-17 { break }
        }
        return min(1, max(0, 2 * sum))
    }

    /// P(D_n >= d) for the one-sample, two-sided statistic of n observations. The way is chosen as Simard and L'Ecuyer, "Computing
    /// the two-sided Kolmogorov-Smirnov distribution", J. Stat. Software 39 (11), 2011, do: Durbin's matrix in the body for up to
    /// 140 observations or where it is small, twice Smirnov's one-sided tail, and Pelz and Good's expansion in the rest.
    /// Vectors: ks.small_unequal, ks.lcg_1000_800 (`p_asymp_scipy`).
    package static func upperTail(_ d: Double, count n: Int) -> Double {
        guard n > 0, !d.isNaN else { return .nan }
        let size = Double(n)
        let t = size * d
        if t <= 0.5 { return 1 }
        if d >= 1 { return 0 }
        if t <= 1 { return 1 - rubenGambinoCumulative(2 * t - 1, count: size) }
        if t >= size - 1 { return min(1, 2 * pow(1 - d, size)) }
        if d >= 0.5 { return min(1, 2 * smirnovUpperTail(d, count: n)) }
        let square = t * d
        if square >= 370 { return 0 }
        if square >= (n <= 140 ? 4 : 2.2) { return min(1, 2 * smirnovUpperTail(d, count: n)) }
        if n <= 140 || (n <= 100_000 && size * pow(d, 1.5) <= 1.4) { return 1 - durbinCumulative(d, count: n) }
        return min(1, max(0, 1 - pelzGoodCumulative(d, count: n)))
    }

    /// n! (u / n)^n, which is P(D_n <= d) while n d = (u + 1) / 2 lies between 1/2 and 1.
    private static func rubenGambinoCumulative(_ u: Double, count n: Double) -> Double {
        // n! / n^n = sqrt(2 pi n) e^-n (1 + ...), by Stirling's series.
        u <= 0 ? 0 : (2 * Double.pi * n).squareRoot() * exp(SaddlePoint.stirlingError(n) + n * (log(u) - 1))
    }

    /// P(D_n^+ >= d): d sum over j of C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j), all terms positive (Birnbaum and Tingey, 1951).
    package static func smirnovUpperTail(_ d: Double, count n: Int) -> Double {
        let size = Double(n)
        guard d > 0 else { return 1 }
        guard d < 1 else { return 0 }
        var sum = 0.0
        for j in 0...Int(size * (1 - d)) {
            let x = d + Double(j) / size
            guard x < 1 else { continue }
            sum += SaddlePoint.binomial(Double(j), size - Double(j), x, 1 - x) / x
        }
        return min(1, d * sum)
    }

    /// P(D_n <= d) by Durbin's matrix as Marsaglia, Tsang and Wang, J. Stat. Software 8 (18), 2003, compute it.
    private static func durbinCumulative(_ d: Double, count n: Int) -> Double {
        let k = Int((Double(n) * d).rounded(.up))
        let size = 2 * k - 1
        let h = Double(k) - Double(n) * d
        var base = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size where row - column + 1 >= 0 { base[row * size + column] = 1 }
        }
        for i in 0..<size {
            base[i * size] -= pow(h, Double(i + 1))
            base[(size - 1) * size + i] -= pow(h, Double(size - i))
        }
        if 2 * h - 1 > 0 { base[(size - 1) * size] += pow(2 * h - 1, Double(size)) }
        for row in 0..<size {
            for column in 0..<size where row - column + 1 > 0 {
                for divisor in 1...(row - column + 1) { base[row * size + column] /= Double(divisor) }
            }
        }
        var (power, exponent) = raised(base, size, to: n)
        var result = power[(k - 1) * size + k - 1]
        power = []
        for i in 1...n {
            result *= Double(i) / Double(n)
            if result < 1e-140 {
                result *= 1e140
                exponent -= 140
            }
        }
        return min(1, max(0, result * pow(10, Double(exponent))))
    }

    /// The n-th power of a square matrix of so many rows, and the power of ten that has been taken out of it.
    private static func raised(_ matrix: [Double], _ size: Int, to n: Int) -> ([Double], Int) {
        if n == 1 { return (matrix, 0) }
        let (half, halfExponent) = raised(matrix, size, to: n / 2)
        var result = product(half, half, size)
        var exponent = 2 * halfExponent
        if !n.isMultiple(of: 2) { result = product(matrix, result, size) }
        if result[(size / 2) * size + size / 2] > 1e140 {
            for i in result.indices { result[i] *= 1e-140 }
            exponent += 140
        }
        return (result, exponent)
    }

    private static func product(_ left: [Double], _ right: [Double], _ size: Int) -> [Double] {
        var result = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for inner in 0..<size {
                let factor = left[row * size + inner]
                for column in 0..<size { result[row * size + column] += factor * right[inner * size + column] }
            }
        }
        return result
    }

    /// P(D_n <= d) by Pelz and Good's expansion in 1/sqrt(n), J. Roy. Stat. Soc. B 38 (2), 1976, with its four terms.
    private static func pelzGoodCumulative(_ d: Double, count n: Int) -> Double {
        let root = Double(n).squareRoot()
        let z = root * d
        let z2 = z * z
        let z4 = z2 * z2
        let z6 = z4 * z2
        let pi2 = Double.pi * Double.pi
        let pi4 = pi2 * pi2
        let base = -pi2 / (8 * z2)
        if base < -708 { return 0 }
        var terms = [0.0, 0.0, 0.0, 0.0]
        let last = max(1, Int((16 * z / Double.pi).rounded(.up)))
        for k in 1...last {
            let m2 = Double((2 * k - 1) * (2 * k - 1))
            let m4 = m2 * m2
            let weight = exp(base * m2)
            terms[0] += weight
            terms[1] += weight * (-z2 + pi2 / 4 * m2)
            terms[2] += weight * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 + pi4 * (1 - 2 * z2) / 16 * m4)
            terms[3] +=
                weight
                * (-30 * z6 - 90 * z4 * z4 + pi2 * (135 * z4 - 96 * z6) / 4 * m2 + pi4 * (-60 * z2 + 212 * z4) / 16 * m4
                    + pi4 * pi2 * (5 - 30 * z2) / 64 * m4 * m2)
        }
        let scale = (2 * Double.pi).squareRoot()
        terms[0] *= scale / z
        terms[1] *= scale / (6 * z4)
        terms[2] *= scale / (72 * z6 * z)
        terms[3] *= scale / (6480 * z6 * z4)
        var second = 0.0
        var third = 0.0
        for k in 1...last {
            let k2 = Double(k * k)
            let weight = exp(-pi2 / (2 * z2) * k2)
            second += k2 * weight
            third += (3 * z2 - pi2 * k2) * k2 * weight
        }
        terms[2] -= second * pi2 * scale / (36 * z2 * z)
        terms[3] += third * pi2 * scale / (216 * z6)
        return terms[0] + terms[1] / root + terms[2] / (root * root) + terms[3] / (root * root * root)
    }
}
