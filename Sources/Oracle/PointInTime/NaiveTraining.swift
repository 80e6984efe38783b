package import Evaluation
package import FeatureDefs

/// A training row, or a lookup's answer, as DESIGN §2 says it.
package struct NaiveTraining: Sendable {
    private let selection: FeatureSelection
    private let views: [NaivePointInTime]
    private let onDemand: OnDemandProgram

    /// - Parameter rows: each source's rows, by the source's name.
    package init(_ selection: FeatureSelection, rows: [String: [NaiveRow]]) {
        self.selection = selection
        views = selection.joinedViews.map { NaivePointInTime($0.view, rows: rows[$0.view.source.name] ?? []) }
        onDemand = OnDemandProgram(selection)
    }

    /// The selection's features, in its order, for one spine row.
    ///
    /// An on-demand feature that fails is an error of its own. A failure in a feature view is thrown: it fails the
    /// whole training set.
    ///
    /// - Parameters:
    ///   - spine: the spine row's join keys and request inputs by name; what is missing is NULL.
    ///   - t: the spine row's time; nil is NULL.
    ///   - asOf: source rows recorded later do not exist.
    package func features(
        spine: NaiveRow, at t: Timestamp?, knowledge: KnowledgeMode, asOf: Timestamp? = nil
    ) throws(EvaluationError) -> [Result<NaiveFeature, EvaluationError>] {
        var stored: [FeatureReference: NaiveFeature] = [:]
        for (joined, naive) in zip(selection.joinedViews, views) {
            let view = joined.view
            let keys = view.joinKeys.map { spine[joined.keys.column(of: $0.name)] ?? .null }
            let features = try naive.features(keys: keys, at: t, knowledge: knowledge, asOf: asOf)
            for (plan, feature) in zip(view.features, features) {
                stored[FeatureReference(view: view.name, feature: plan.name, keys: joined.keys)] = feature
            }
        }
        let inputs = onDemand.inputs.map { input -> FeatureValue in
            switch input {
            case .feature(let reference): stored[reference]?.value ?? .null
            case .request(let name): spine[name] ?? .null
            }
        }
        return zip(selection.features, onDemand.evaluate(inputs)).map { feature, result in
            if let feature = stored[feature.reference] { return .success(feature) }
            return result.map(NaiveFeature.init(value:))
        }
    }
}
