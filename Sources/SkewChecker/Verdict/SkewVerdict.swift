/// What a check says: it holds, it does not, or there is too little to say. No evidence is never a pass.
package enum SkewVerdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// The share that differs is within the limit, even at the upper bound.
    case pass
    /// It is above the limit, even at the lower bound.
    case fail
    case inconclusive
}

/// What share of served values may differ, and how sure one must be.
package struct SkewLimits: Hashable, Sendable {
    package static let standard = SkewLimits()

    /// The share of a feature's values that may differ.
    package var rate = 0.001
    /// The share of a feature's values that may be older than at the instant of serving, where the schedule allows it; nil: any. Never a
    /// part of `rate`.
    package var staleRate: Double?
    /// The chance of a wrong decision, one-sided.
    package var alpha = 0.01
    /// A failure takes at least so many values that differ ...
    package var leastMismatches = 3.0
    /// ... of so many entities: one odd entity is not a broken pipeline.
    package var leastEntities = 2

    package init() {}
}
