import Foundation

/// HDDM_W: HDDM with exponentially weighted means and McDiarmid's bound, quicker where a change is gradual (Frías-Blanco et al. 2014;
/// river 0.23, but for its mean that takes 0 for "no value yet"). Values between 0 and 1. O(1). Held against river by
/// Vectors/generate_river_streams.py.
package struct HoeffdingWeighted: ChangeDetector, Hashable {
    package let driftConfidence: Double
    package let warningConfidence: Double
    /// The weight of the newest value.
    package let lambda: Double
    package let isTwoSided: Bool

    private var all: WeightedMean
    private var beforeRise: WeightedMean
    private var afterRise: WeightedMean
    private var beforeFall: WeightedMean
    private var afterFall: WeightedMean
    private var riseCut = Double.infinity
    private var fallCut = -Double.infinity
    private var isAlarmed = false

    package init(
        driftConfidence: Double = 0.001, warningConfidence: Double = 0.005, lambda: Double = 0.05, isTwoSided: Bool = false
    ) {
        self.driftConfidence = driftConfidence
        self.warningConfidence = warningConfidence
        self.lambda = lambda
        self.isTwoSided = isTwoSided
        let empty = WeightedMean(lambda: lambda)
        (all, beforeRise, afterRise, beforeFall, afterFall) = (empty, empty, empty, empty, empty)
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed {
            self = HoeffdingWeighted(
                driftConfidence: driftConfidence, warningConfidence: warningConfidence, lambda: lambda,
                isTwoSided: isTwoSided)
        }
        all.update(value)
        let bound = mcDiarmid(all.independence, driftConfidence)
        if all.value + bound < riseCut {
            riseCut = all.value + bound
            (beforeRise, afterRise) = (all, WeightedMean(lambda: lambda))
        } else {
            afterRise.update(value)
        }
        if all.value - bound > fallCut {
            fallCut = all.value - bound
            (beforeFall, afterFall) = (all, WeightedMean(lambda: lambda))
        } else {
            afterFall.update(value)
        }

        var state = judge(from: beforeRise, to: afterRise)
        if isTwoSided {
            let fall = judge(from: afterFall, to: beforeFall)
            if fall == .drift || state == .stable { state = fall }
        }
        isAlarmed = state == .drift
        return state
    }

    private func judge(from lower: WeightedMean, to upper: WeightedMean) -> DetectorState {
        guard lower.hasValue, upper.hasValue else { return .stable }
        let difference = upper.value - lower.value
        let independence = lower.independence + upper.independence
        if difference > mcDiarmid(independence, driftConfidence) { return .drift }
        return difference > mcDiarmid(independence, warningConfidence) ? .warning : .stable
    }

    private func mcDiarmid(_ independence: Double, _ confidence: Double) -> Double {
        (independence * log(1 / confidence) / 2).squareRoot()
    }

    /// An exponentially weighted mean and the sum of its squared weights.
    private struct WeightedMean: Hashable {
        let lambda: Double
        var value = 0.0
        var independence = 1.0
        var hasValue = false

        init(lambda: Double) { self.lambda = lambda }

        mutating func update(_ x: Double) {
            value = hasValue ? lambda * x + (1 - lambda) * value : x
            hasValue = true
            independence = lambda * lambda + (1 - lambda) * (1 - lambda) * independence
        }
    }
}
