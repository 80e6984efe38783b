/// Counts of durations in fixed buckets, as Prometheus' histograms have them.
struct LatencyHistogram: Hashable, Sendable {
    /// Upper bounds, inclusive, in seconds: from what a lookup of one row takes to what a client gives up at.
    static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// One for each bound, and one for what is above them all. Not cumulative.
    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var sumOfSeconds = 0.0

    mutating func add(seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sumOfSeconds += seconds
    }
}
