import Foundation

/// LORD++: bounds the share of false alarms over all nights, where a bound for each night does not (Ramdas et al. 2017):
/// alpha_t = w0 gamma_t + (alpha - w0) gamma_{t - tau1} + alpha sum over j >= 2 of gamma_{t - tau_j}, with the rejections tau and
/// gamma_j = 0.07720838 ln(max(j, 2)) / (j exp(sqrt(ln j))). Vector: fdr.lord_plus_plus.
package struct OnlineFalseDiscovery: Hashable, Sendable, Codable {
    package let alpha: Double
    /// The wealth at the start, between 0 and alpha.
    package let initialWealth: Double
    /// How many p-values have been judged.
    package private(set) var count = 0
    /// The tests that were rejected, counted from 1.
    package private(set) var rejections: [Int] = []

    package init(alpha: Double = 0.05, initialWealth: Double? = nil) {
        self.alpha = alpha
        self.initialWealth = initialWealth ?? alpha / 2
        precondition(self.initialWealth >= 0 && self.initialWealth <= alpha, "the wealth at the start is between 0 and alpha")
    }

    /// What the next p-value is held against.
    package var nextLevel: Double {
        let next = count + 1
        var level = initialWealth * Self.gamma(next)
        for (index, rejection) in rejections.enumerated() {
            level += (index == 0 ? alpha - initialWealth : alpha) * Self.gamma(next - rejection)
        }
        return level
    }

    /// Judges the next p-value in time order; NaN is not rejected.
    package mutating func update(_ pValue: Double) -> (level: Double, isRejected: Bool) {
        let level = nextLevel
        count += 1
        if pValue <= level { rejections.append(count) }
        return (level, pValue <= level)
    }

    private static func gamma(_ j: Int) -> Double {
        let j = Double(j)
        return 0.07720838 * log(max(j, 2)) / (j * exp(log(j).squareRoot()))
    }
}
