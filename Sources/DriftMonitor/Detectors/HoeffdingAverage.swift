import Foundation

/// HDDM_A: compares the mean of everything with the mean up to the best cut by Hoeffding's bound (Frías-Blanco et al. 2014; river 0.23).
/// No false alarm in simulations and slow to find small changes. Values between 0 and 1. O(1). Vectors: hddm_a.*.
package struct HoeffdingAverage: ChangeDetector, Hashable {
    package let driftConfidence: Double
    package let warningConfidence: Double
    package let isTwoSided: Bool

    private var all = RunningMean()
    /// The prefix from which a rise, and a fall, is measured.
    private var lowest = RunningMean()
    private var highest = RunningMean()
    private var isAlarmed = false

    package init(driftConfidence: Double = 0.001, warningConfidence: Double = 0.005, isTwoSided: Bool = false) {
        self.driftConfidence = driftConfidence
        self.warningConfidence = warningConfidence
        self.isTwoSided = isTwoSided
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed { (all, lowest, highest, isAlarmed) = (RunningMean(), RunningMean(), RunningMean(), false) }
        all.update(value)
        if lowest.count == 0 { lowest = all }
        if highest.count == 0 { highest = all }
        let bound = hoeffding(all.count)
        if lowest.value + hoeffding(lowest.count) >= all.value + bound { lowest = all }
        if highest.value - hoeffding(highest.count) <= all.value - bound { highest = all }

        var state = DetectorState.stable
        if differs(all.value - lowest.value, from: lowest, driftConfidence) {
            state = .drift
        } else if differs(all.value - lowest.value, from: lowest, warningConfidence) {
            state = .warning
        }
        if isTwoSided {
            if differs(highest.value - all.value, from: highest, driftConfidence) {
                state = .drift
            } else if state == .stable, differs(highest.value - all.value, from: highest, warningConfidence) {
                state = .warning
            }
        }
        isAlarmed = state == .drift
        return state
    }

    /// sqrt(ln(1 / confidence) / 2n).
    private func hoeffding(_ count: Double) -> Double {
        (1 / (2 * count) * log(1 / driftConfidence)).squareRoot()
    }

    private func differs(_ difference: Double, from prefix: RunningMean, _ confidence: Double) -> Bool {
        guard prefix.count != all.count else { return false }
        let m = (all.count - prefix.count) / prefix.count * (1 / all.count)
        return difference >= (m / 2 * log(2 / confidence)).squareRoot()
    }
}
