/// DDM: warns when the error rate p + s passes its least value by two of its standard deviations, drifts at three (Gama et al. 2004;
/// river 0.23). For error flags of matured labels, 1 = error; only a warning should act on it. O(1). Vectors: ddm.*.
///
/// The published rule starts from p = s = 0 where the first 30 labels hold no error, and then calls the first error a drift (vector
/// ddm.bern_.05_to_.2). `minimumErrors` of 5, our default, waits for as many errors before it takes a least value.
package struct DriftDetectionMethod: ChangeDetector, Hashable {
    package let warmStart: Double
    package let minimumErrors: Double
    package let warningLevel: Double
    package let driftLevel: Double

    private var rate = RunningMean()
    private var errors = 0.0
    private var leastRate = Double.infinity
    private var leastDeviation = Double.infinity
    private var isAlarmed = false
    private var isWarning = false

    package init(warmStart: Int = 30, minimumErrors: Int = 5, warningLevel: Double = 2, driftLevel: Double = 3) {
        self.warmStart = Double(warmStart)
        self.minimumErrors = Double(minimumErrors)
        self.warningLevel = warningLevel
        self.driftLevel = driftLevel
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed {
            (rate, errors, leastRate, leastDeviation) = (RunningMean(), 0, .infinity, .infinity)
            (isAlarmed, isWarning) = (false, false)
        }
        rate.update(value)
        errors += value
        let p = rate.value
        let s = (p * (1 - p) / rate.count).squareRoot()
        guard rate.count > warmStart, errors >= minimumErrors else { return isWarning ? .warning : .stable }
        if p + s <= leastRate + leastDeviation { (leastRate, leastDeviation) = (p, s) }
        isWarning = p + s > leastRate + warningLevel * leastDeviation
        if p + s > leastRate + driftLevel * leastDeviation { (isAlarmed, isWarning) = (true, false) }
        return isAlarmed ? .drift : isWarning ? .warning : .stable
    }
}
