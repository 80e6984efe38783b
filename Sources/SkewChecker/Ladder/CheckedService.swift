import Evaluation
import FeatureDefs

/// A service under one plan, ready to be recomputed: what must be joined, and how the rest is evaluated from it.
struct CheckedService: Sendable {
    let selection: FeatureSelection
    /// The stored features that the service serves or reads, grouped by view.
    let stored: FeatureSelection
    let program: OnDemandProgram
    let equalities: [ValueEquality]
    /// For each feature of the service: what its definition serves for NULL.
    let defaults: [FeatureValue?]
    /// For each feature of the service: places in `stored.joinedViews` of the views that it is, or is computed, from.
    let views: [[Int]]

    init(_ features: [SelectedFeature], in plan: Plan) throws(UnknownFeature) {
        selection = try plan.selection(of: features)
        program = OnDemandProgram(selection)
        let references = program.inputs.compactMap { input -> FeatureReference? in
            if case .feature(let reference) = input { reference } else { nil }
        }
        let stored = try plan.selection(of: references)
        self.stored = stored
        equalities = features.map { plan.equality(of: $0.reference) }
        defaults = features.map { plan.feature($0.reference.definition)?.feature.defaultValue }
        var views: [[Int]] = []
        for feature in features {
            let closure = try plan.selection(of: [feature])
            views.append(closure.joinedViews.compactMap { view in stored.joinedViews.firstIndex(of: view) })
        }
        self.views = views
    }

    /// Whether a feature is a feature view's own.
    func isStored(_ feature: Int) -> Bool { stored.place(of: selection.features[feature].reference) != nil }

    /// The service's features for a row, from the stored ones.
    func cells(_ stored: [FeatureValue], request: [FeatureValue]) -> [ComputedCell] {
        program.evaluate(stored + request).map(ComputedCell.init)
    }

    /// The stored features of one view, as they are for an entity without rows; the others as they are.
    func withoutRows(_ values: [FeatureValue], ofViews places: Set<Int>) -> [FeatureValue] {
        var values = values
        for (index, feature) in stored.features.enumerated() {
            guard let place = stored.place(of: feature.reference), places.contains(place.view) else { continue }
            values[index] = stored.joinedViews[place.view].view.features[place.feature].valueWhenNoRows
        }
        return values
    }

    /// The `latest` features of views with a ttl, as they are beyond it; the others as they are.
    func expired(_ values: [FeatureValue]) -> [FeatureValue] {
        var values = values
        for (index, feature) in stored.features.enumerated() {
            guard let place = stored.place(of: feature.reference) else { continue }
            let view = stored.joinedViews[place.view].view
            guard view.ttl != nil, case .latest = view.features[place.feature].computation else { continue }
            values[index] = view.features[place.feature].valueWhenNoRows
        }
        return values
    }
}
