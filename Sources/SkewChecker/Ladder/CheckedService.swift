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

    /// What `asof explain` takes for a feature: the stored feature, one that an on-demand one reads, and its view's join keys with their
    /// places among the service's; nil for a feature that reads none.
    func explained(_ feature: Int) -> ExplainedFeature? {
        let own = selection.features[feature].reference
        let reference: FeatureReference
        if stored.place(of: own) != nil {
            reference = own
        } else {
            guard let view = views[feature].first,
                let read = stored.features.first(where: { stored.place(of: $0.reference)?.view == view })
            else { return nil }
            reference = read.reference
        }
        guard let place = stored.place(of: reference) else { return nil }
        let view = stored.joinedViews[place.view]
        let keys = zip(view.view.joinKeys, view.joinKeys).compactMap { own, key in
            selection.joinKeys.firstIndex(of: key).map { (own.name, $0) }
        }
        return ExplainedFeature(reference: reference.definition, keys: keys.map { .init(name: $0.0, place: $0.1) })
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
