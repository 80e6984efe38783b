import Evaluation
import FeatureDefs

/// A feature of a row at one step of the ladder: a value, or an expression that has none.
struct ComputedCell: Hashable, Sendable {
    let value: FeatureValue
    let hasFailed: Bool

    init(_ result: Result<FeatureValue, EvaluationError>) {
        switch result {
        case .success(let value): (self.value, hasFailed) = (value, false)
        case .failure: (self.value, hasFailed) = (.null, true)
        }
    }

    init(served: FeatureValue, _ status: FeatureStatus) {
        value = served
        hasFailed = status == .invalid
    }

    func equals(_ other: ComputedCell, by equality: ValueEquality) -> Bool {
        hasFailed == other.hasFailed && (hasFailed || equality.areEqual(value, other.value))
    }
}
