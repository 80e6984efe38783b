/// EDDM: watches the distance between errors; its mean plus two standard deviations, over the greatest it has been, warns below alpha
/// and drifts below beta (Baena-Garcia et al. 2006; river 0.23). 10 to 30 false alarms in 10,000 values: a hint, it must never page.
/// 1 = error. O(1). Vectors: eddm.*.
package struct EarlyDriftDetectionMethod: ChangeDetector, Hashable {
    package let warmStart: Int
    package let warningLevel: Double
    package let driftLevel: Double

    private var count = 0
    private var errors = 0
    private var lastError = 0
    private var gap = RunningMean()
    private var gapSquares = 0.0
    private var greatest = -1.0
    private var isAlarmed = false
    private var isWarning = false

    package init(warmStart: Int = 30, alpha: Double = 0.95, beta: Double = 0.9) {
        precondition(alpha >= beta, "EDDM warns before it drifts")
        self.warmStart = warmStart
        warningLevel = alpha
        driftLevel = beta
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed { self = EarlyDriftDetectionMethod(warmStart: warmStart, alpha: warningLevel, beta: driftLevel) }
        count += 1
        if value == 1 {
            errors += 1
            let before = gap.value
            let distance = Double(count - lastError)
            gap.update(distance)
            gapSquares += (distance - before) * (distance - gap.value)
            lastError = count
            if count > warmStart { judge() }
        }
        // As in river, a warning stands until an error takes it back.
        return isAlarmed ? .drift : isWarning ? .warning : .stable
    }

    /// Whether a warning stands: at a drift, too, if it stood before.
    package var hasWarning: Bool { isWarning }

    private mutating func judge() {
        let variance = errors > 1 ? gapSquares / Double(errors - 1) : 0
        let reach = gap.value + 2 * variance.squareRoot()
        if reach > greatest {
            greatest = reach
        } else if errors > warmStart {
            let level = reach / greatest
            if level < driftLevel { isAlarmed = true } else { isWarning = level < warningLevel }
        }
    }
}
