package import FeatureDefs

/// What a feature is for one key and instant, and what may be known of why.
package struct NaiveFeature: Hashable, Sendable {
    package var value: FeatureValue
    /// `latest`: when the row that was chosen happened, also if it is too old to count. nil: there is none.
    package var eventTimestamp: Timestamp?
    /// `latest`: the row that was chosen is older than the view's ttl, so that the value is NULL.
    package var isBeyondTTL = false
    /// It is NULL, or would be without its default.
    package var isMissing: Bool
    /// For a sum or mean of floats, a variance or stddev: how far a strategy may be off (DESIGN §2, Numbers). nil: not at all.
    package var tolerance: Double?

    package init(value: FeatureValue) {
        self.value = value
        isMissing = value.isNull
    }

    /// Whether a value computed in another way is right.
    package func accepts(_ actual: FeatureValue) -> Bool {
        guard let tolerance, case .float64(let expected) = value, case .float64(let actual) = actual,
            expected.isFinite, actual.isFinite
        else { return value == actual }
        return (expected - actual).magnitude <= tolerance
    }
}

extension NaiveFeature: CustomStringConvertible {
    package var description: String {
        (value.text ?? "NULL") + (tolerance.map { " ± \($0)" } ?? "") + (isBeyondTTL ? " (too old)" : "")
    }
}
