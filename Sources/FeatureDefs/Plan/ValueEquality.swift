/// When a served value of a feature counts as equal to the recomputed one: its `tolerance`.
///
/// It changes no value and so no view's fingerprint: nothing is written again because of it. It is part of the plan and of the
/// plan's fingerprint, so that what was served is judged by what was declared when it was.
package struct ValueEquality: Hashable, Sendable, Codable {
    /// When two numbers are equal. NaN equals NaN, -0.0 equals 0.0 and infinities go by their sign in all of them.
    package enum Numbers: Hashable, Sendable, Codable {
        /// The same number.
        case exact
        /// `|a - b| <= absolute`, or `|a - b| <= relative * max(|a|, |b|)`.
        case within(relative: Double, absolute: Double)
        /// At most so many float64 (of a float32 feature, float32) numbers apart.
        case unitsInLastPlace(Int)
        /// The same after rounding to float32.
        case float32
        /// The same after rounding to so many decimals.
        case decimals(Int)
    }

    /// What the order of a list's elements, and their number, mean.
    package enum Lists: String, Hashable, Sendable, Codable, CaseIterable {
        case ordered
        /// The same elements, however often and in whatever order.
        case set
        /// The same elements as often, in whatever order.
        case multiset
    }

    package let numbers: Numbers
    package let lists: Lists
    /// Of a vector: how far apart the directions may be, as 1 - cos. nil compares element by element.
    package let cosine: Double?

    package init(numbers: Numbers, lists: Lists = .ordered, cosine: Double? = nil) {
        self.numbers = numbers
        self.lists = lists
        self.cosine = cosine
    }

    /// What holds where nothing is declared. Only floats have a tolerance in it: a sum's last bits depend on the strategy (DESIGN §2).
    package static let standard = ValueEquality(numbers: .within(relative: 1e-9, absolute: 1e-12))

    /// What is declared, as in the definition: `rel 1e-06`, `float32, set`.
    package var words: String {
        if let cosine { return "cosine \(cosine)" }
        let list = lists == .ordered ? [] : [lists.rawValue]
        let number: [String] =
            switch numbers {
            case .exact: ["exact"]
            case .within(let relative, let absolute): ["rel \(relative)", "abs \(absolute)"]
            case .unitsInLastPlace(let count): ["ulp \(count)"]
            case .float32: ["float32"]
            case .decimals(let places): ["decimals \(places)"]
            }
        return (number + list).joined(separator: ", ")
    }
}

extension Plan {
    /// How a feature, stored or on demand, is compared.
    package func equality(of reference: FeatureReference) -> ValueEquality {
        let definition = reference.definition
        return feature(definition)?.feature.equality ?? onDemandFeature(definition)?.feature.equality ?? .standard
    }

    /// `tolerance card_activity.spend_7d rel 1e-06, abs 0.0`, for each feature that declares one.
    var toleranceLines: [String] {
        let stored = featureViews.flatMap { view in view.features.map { (view.name, $0.name, $0.equality) } }
        let onDemand = onDemandViews.flatMap { view in view.features.map { (view.name, $0.name, $0.equality) } }
        return (stored + onDemand).compactMap { view, feature, equality in
            equality.map { "tolerance \(view).\(feature) \($0.words)" }
        }
    }
}
