/// From which size on an effect warns and alerts. monitoring.md §2.4 proposes the sizes; A/A runs raise them.
package struct EffectGate: Hashable, Sendable, Codable {
    package let warn: Double
    package let alert: Double
    /// Pairs of windows in which nothing had changed that the gate was raised by; nil for the fixed one.
    package let calibratedBy: Int?

    package init(warn: Double, alert: Double, calibratedBy: Int? = nil) {
        self.warn = warn
        self.alert = alert
        self.calibratedBy = calibratedBy
    }

    /// Pairs from which on A/A runs count.
    package static let leastPairs = 20

    /// max(fixed gate, the 99% quantile of the statistic between windows of the same weekday and hour in which nothing had changed).
    /// It absorbs seasons and autocorrelation, which no p-value for independent rows does. With fewer than 20 pairs the fixed gate.
    package func calibrated(by unchanged: [Double]) -> EffectGate {
        let values = unchanged.filter(\.isFinite).sorted()
        guard values.count >= Self.leastPairs else { return self }
        let noise = Quantile.linear(values, 0.99)
        return EffectGate(warn: max(warn, noise), alert: max(alert, noise), calibratedBy: values.count)
    }
}
