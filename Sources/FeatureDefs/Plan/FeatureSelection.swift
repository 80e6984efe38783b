/// Everything that computing a list of features takes: the closure of their inputs.
package struct FeatureSelection: Hashable, Sendable {
    /// An on-demand feature with its place.
    package struct OnDemandFeature: Hashable, Sendable {
        package let reference: FeatureReference
        package let expression: TypedExpression<OnDemandInput>
    }

    /// Where a stored feature's value is found: indices into `joinedViews` and into the view's features.
    package struct Place: Hashable, Sendable {
        package let view: Int
        package let feature: Int
    }

    /// The features asked for, in that order.
    package let features: [SelectedFeature]
    /// Their types, one for each.
    package let types: [FeatureType]
    /// The feature views read, directly or by on-demand features, in order of first use; each once for each way in which
    /// its join keys are read.
    package let joinedViews: [JoinedView]
    /// The on-demand features to compute, inputs before users.
    package let onDemandFeatures: [OnDemandFeature]
    /// The union of the joined views' join keys under the caller's names, in order of first use.
    package let joinKeys: [JoinKey]
    /// What the caller must send, in order of first use.
    package let requestInputs: [RequestInput]
    private let places: [FeatureReference: Place]

    init(
        features: [SelectedFeature],
        types: [FeatureType],
        joinedViews: [JoinedView],
        onDemandFeatures: [OnDemandFeature],
        requestInputs: [RequestInput]
    ) {
        self.features = features
        self.types = types
        self.joinedViews = joinedViews
        self.onDemandFeatures = onDemandFeatures
        self.requestInputs = requestInputs
        var seen = Set<JoinKey>()
        joinKeys = joinedViews.flatMap(\.joinKeys).filter { seen.insert($0).inserted }
        var places: [FeatureReference: Place] = [:]
        for (view, joined) in joinedViews.enumerated() {
            for (feature, reference) in joined.references.enumerated() { places[reference] = Place(view: view, feature: feature) }
        }
        self.places = places
    }

    /// The request inputs that are no join key as well: where one name is both, one column is.
    package var mereRequestInputs: [RequestInput] {
        requestInputs.filter { input in !joinKeys.contains { $0.name == input.name } }
    }

    /// nil for an on-demand feature.
    package func place(of reference: FeatureReference) -> Place? { places[reference] }

    /// The same features with their views changed, feature for feature: what would they be, were a view defined otherwise?
    package func replacingViews(_ change: (FeatureViewPlan) -> FeatureViewPlan) -> FeatureSelection {
        FeatureSelection(
            features: features, types: types,
            joinedViews: joinedViews.map { JoinedView(change($0.view), keys: $0.keys) },
            onDemandFeatures: onDemandFeatures, requestInputs: requestInputs)
    }

    /// The feature views read, each once.
    package var distinctViews: [FeatureViewPlan] {
        var seen = Set<String>()
        return joinedViews.map(\.view).filter { seen.insert($0.name).inserted }
    }
}

/// A feature that the plan does not have.
package struct UnknownFeature: Error, Hashable, Sendable {
    package let reference: FeatureReference

    package init(reference: FeatureReference) { self.reference = reference }
}
