import Evaluation
import FeatureDefs

/// An expression that failed on a row that counts, and the feature that it was for.
struct FeatureFailure: Error, Hashable, Sendable {
    /// `view.feature`
    let feature: String
    let error: EvaluationError
}
