/// The profiles of one night: a day's windows, merged.
package struct DriftNight: Hashable, Sendable {
    /// Days since 1970-01-01, UTC.
    package let day: Int
    package var features: [String: FeatureProfile]
    package var joint: JointProfile?
    /// The Fourier sums of each window that was merged: what is dealt anew to see what chance gives.
    package private(set) var windows: [RandomFourierSums]

    package init(day: Int, features: [String: FeatureProfile] = [:], joint: JointProfile? = nil) {
        self.day = day
        self.features = features
        self.joint = joint
        windows = joint.map { [$0.fourier] } ?? []
    }

    package mutating func merge(_ other: DriftNight) {
        for (feature, profile) in other.features {
            if features[feature]?.merge(profile) == nil { features[feature] = profile }
        }
        windows += other.windows
        if let joint = other.joint {
            if self.joint?.merge(joint) == nil { self.joint = joint }
        }
    }

    /// Several nights as one; nil of none.
    static func merged(_ nights: some Sequence<DriftNight>) -> DriftNight? {
        var result: DriftNight?
        for night in nights {
            if result?.merge(night) == nil { result = night }
        }
        return result
    }
}

/// A night held against a reference, each side's rows counted by the design effects of its own sample.
struct NightComparison {
    /// By feature, and by `a × b` for pairs.
    let comparisons: [String: ProfileComparison]

    /// - Parameter features: those that are compared; others may have left the project.
    init(reference: DriftNight, current: DriftNight, referenceEffects: [String: Double], features: Set<String>) {
        var comparisons: [String: ProfileComparison] = [:]
        let currentEffects = Self.designEffects(current)
        for (feature, profile) in current.features where features.contains(feature) {
            guard let before = reference.features[feature] else { continue }
            comparisons[feature] = ProfileComparison(
                reference: before, current: profile, designEffect: referenceEffects[feature] ?? 1,
                currentDesignEffect: currentEffects[feature] ?? 1)
        }
        if let before = reference.joint, let after = current.joint, before.frame == after.frame {
            // Of features that both sides have under the definitions that are compared.
            let known = features.filter { reference.features[$0] != nil && current.features[$0] != nil }
            for pair in Self.pairs(of: known, before, after, referenceEffects, currentEffects) {
                comparisons[pair.name] = pair.comparison
            }
        }
        self.comparisons = comparisons
    }

    /// Of every feature that the night's sample knows.
    static func designEffects(_ night: DriftNight) -> [String: Double] {
        guard let joint = night.joint else { return [:] }
        var effects: [String: Double] = [:]
        for feature in night.features.keys { effects[feature] = joint.designEffect(of: feature) }
        return effects
    }

    static func pairName(_ first: String, _ second: String) -> String { "\(first) × \(second)" }

    /// The change of each pair's correlation, with rows counted by the larger of its features' design effects.
    private static func pairs(
        of features: Set<String>, _ before: JointProfile, _ after: JointProfile, _ beforeEffects: [String: Double],
        _ afterEffects: [String: Double]
    ) -> [(name: String, comparison: ProfileComparison)] {
        let columns = before.frame.columns
        var result: [(name: String, comparison: ProfileComparison)] = []
        for i in columns.indices where features.contains(columns[i]) {
            for j in columns.indices.dropFirst(i + 1) where features.contains(columns[j]) {
                func effective(_ rows: UInt64, _ effects: [String: Double]) -> Double {
                    Double(rows) / max(effects[columns[i]] ?? 1, effects[columns[j]] ?? 1)
                }
                let (n, m) = (effective(before.coMoments.count, beforeEffects), effective(after.coMoments.count, afterEffects))
                guard n > 3, m > 3 else { continue }
                let (r, s) = (before.coMoments.correlation(i, j), after.coMoments.correlation(i, j))
                let z = CorrelationChange.fisherZ(r, n, s, m)
                let noise = (2 / Double.pi).squareRoot() * (1 - r * r) * (1 / (n - 3) + 1 / (m - 3)).squareRoot()
                let measurement = DriftMeasurement(
                    .correlationDelta, s - r, noise: noise, pValue: min(1, 2 * Normal.upperTail(abs(z))),
                    detail: "from \(shortest(r)) to \(shortest(s))")
                result.append(
                    (
                        pairName(columns[i], columns[j]),
                        ProfileComparison(measurements: [measurement], referenceCount: n, currentCount: m)
                    ))
            }
        }
        return result
    }

    /// Three decimals.
    private static func shortest(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
