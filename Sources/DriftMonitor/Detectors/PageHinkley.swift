/// The Page-Hinkley test: drift when the faded sum of deviations from the running mean, less delta, rises by more than a threshold
/// above its least value (or falls likewise). As river 0.23 has it, quirks kept: the greatest sum starts at -1, the mean includes
/// the current value, and the reset comes at the update after an alarm. In units of the stream: give it z.
/// O(1). Vectors: page_hinkley.*, adwin.scale_dependence.
package struct PageHinkley: ChangeDetector, Hashable {
    package enum Direction: String, Hashable, Sendable {
        case up, down, both
    }

    package let minimumCount: Double
    /// A deviation that is tolerated, in the unit of the stream.
    package let delta: Double
    /// The rise that alarms, in the unit of the stream.
    package let threshold: Double
    /// What a past sum is multiplied by at each value.
    package let fading: Double
    package let direction: Direction

    private var mean = RunningMean()
    private var increase = 0.0
    private var decrease = 0.0
    private var least = Double.infinity
    private var greatest = -1.0
    private var isAlarmed = false

    package init(
        minimumCount: Int = 30, delta: Double = 0.005, threshold: Double = 50, fading: Double = 1 - 0.0001,
        direction: Direction = .both
    ) {
        self.minimumCount = Double(minimumCount)
        self.delta = delta
        self.threshold = threshold
        self.fading = fading
        self.direction = direction
    }

    package mutating func update(_ value: Double) -> DetectorState {
        if isAlarmed {
            (mean, increase, decrease, least, greatest) = (RunningMean(), 0, 0, .infinity, -1)
            isAlarmed = false
        }
        mean.update(value)
        let deviation = value - mean.value
        increase = fading * increase + deviation - delta
        decrease = fading * decrease + deviation + delta
        least = min(least, increase)
        greatest = max(greatest, decrease)
        guard mean.count >= minimumCount else { return .stable }
        let hasRisen = increase - least > threshold
        let hasFallen = greatest - decrease > threshold
        isAlarmed =
            switch direction {
            case .up: hasRisen
            case .down: hasFallen
            case .both: hasRisen || hasFallen
            }
        return isAlarmed ? .drift : .stable
    }
}
