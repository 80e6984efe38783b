import Foundation

/// The two-sided CUSUM: a = max(0, a + z - k), b = max(0, b - z - k), alarm when either passes h; both are 0 again at the update after
/// it (Page 1954). Of z, standardised by the frozen baseline; k and h in its standard deviations. O(1). Vector: cusum.two_sided.
package struct CumulativeSum: ChangeDetector, Hashable {
    /// Half the shift that is to be found fastest.
    package let slack: Double
    /// The sum that alarms.
    package let threshold: Double

    private var up = 0.0
    private var down = 0.0
    private var isAlarmed = false

    package init(slack: Double = 0.25, threshold: Double = 16) {
        precondition(slack >= 0 && threshold > 0, "a CUSUM's slack is not negative, its threshold above 0")
        self.slack = slack
        self.threshold = threshold
    }

    /// With the threshold that gives this many updates between false alarms.
    package init(slack: Double = 0.25, updatesBetweenFalseAlarms: Double) {
        self.init(
            slack: slack, threshold: Self.threshold(slack: slack, updatesBetweenFalseAlarms: updatesBetweenFalseAlarms))
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed { (up, down) = (0, 0) }
        up = max(0, up + value - slack)
        down = max(0, down - value - slack)
        isAlarmed = up > threshold || down > threshold
        return isAlarmed ? .drift : .stable
    }

    /// Siegmund's approximation of the updates until a one-sided alarm when the mean is `shift` standard deviations off:
    /// (exp(-2 D b) + 2 D b - 1) / (2 D²), D = shift - k, b = h + 1.166; b² where D is 0 (Siegmund 1985). Vector: cusum.siegmund_arl.
    package static func oneSidedRunLength(slack: Double, threshold: Double, shift: Double) -> Double {
        let drift = shift - slack
        let limit = threshold + 1.166
        if abs(drift * limit) < 1e-4 { return limit * limit }
        return (exp(-2 * drift * limit) + 2 * drift * limit - 1) / (2 * drift * drift)
    }

    /// The updates between false alarms of the two-sided test: half the one-sided ones. Vector: cusum.siegmund_arl.
    package static func updatesBetweenFalseAlarms(slack: Double, threshold: Double) -> Double {
        oneSidedRunLength(slack: slack, threshold: threshold, shift: 0) / 2
    }

    /// The threshold for a wanted number of updates between false alarms, at least 1: by halving.
    package static func threshold(slack: Double, updatesBetweenFalseAlarms wanted: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while updatesBetweenFalseAlarms(slack: slack, threshold: high) < wanted, high < 1e9 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if updatesBetweenFalseAlarms(slack: slack, threshold: middle) < wanted { low = middle } else { high = middle }
        }
        return high
    }
}
