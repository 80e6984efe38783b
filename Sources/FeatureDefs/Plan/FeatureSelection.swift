/// Everything that computing a list of features takes: the closure of their inputs.
package struct FeatureSelection: Hashable, Sendable {
    /// An on-demand feature with its place.
    package struct OnDemandFeature: Hashable, Sendable {
        package let reference: FeatureReference
        package let expression: TypedExpression<OnDemandInput>
    }

    /// The features asked for, in that order.
    package let features: [FeatureReference]
    /// Their types, one for each.
    package let types: [FeatureType]
    /// The feature views read, directly or by on-demand features, in order of first use.
    package let featureViews: [FeatureViewPlan]
    /// The on-demand features to compute, inputs before users.
    package let onDemandFeatures: [OnDemandFeature]
    /// The union of the views' join keys, in order of first use.
    package let joinKeys: [JoinKey]
    /// What the caller must send, in order of first use.
    package let requestInputs: [RequestInput]
}

/// A feature that the plan does not have.
package struct UnknownFeature: Error, Hashable, Sendable {
    package let reference: FeatureReference
}

extension Plan {
    /// The closure of a service. Its features were resolved when the plan was compiled.
    package func selection(of service: FeatureServicePlan) throws(UnknownFeature) -> FeatureSelection {
        try selection(of: service.features)
    }

    /// The closure of a list of features.
    package func selection(of features: [FeatureReference]) throws(UnknownFeature) -> FeatureSelection {
        var builder = FeatureSelectionBuilder(plan: self)
        var types: [FeatureType] = []
        for feature in features { types.append(try builder.add(feature)) }
        return builder.selection(of: features, types: types)
    }
}

/// Walks from features to what they read, depth first. The compiler has refused cycles.
private struct FeatureSelectionBuilder {
    let plan: Plan
    private var featureViews: [FeatureViewPlan] = []
    private var onDemandFeatures: [FeatureSelection.OnDemandFeature] = []
    private var requestInputs: [RequestInput] = []
    private var visited: [FeatureReference: FeatureType] = [:]

    init(plan: Plan) {
        self.plan = plan
    }

    mutating func add(_ reference: FeatureReference) throws(UnknownFeature) -> FeatureType {
        if let type = visited[reference] { return type }
        if let view = plan.featureView(named: reference.view) {
            guard let feature = view.features.first(where: { $0.name == reference.feature }) else {
                throw UnknownFeature(reference: reference)
            }
            if !featureViews.contains(where: { $0.name == view.name }) { featureViews.append(view) }
            visited[reference] = feature.type
            return feature.type
        }
        guard let view = plan.onDemandView(named: reference.view),
            let feature = view.features.first(where: { $0.name == reference.feature })
        else { throw UnknownFeature(reference: reference) }
        try addInputs(of: feature, in: view)
        onDemandFeatures.append(.init(reference: reference, expression: feature.expression))
        visited[reference] = feature.expression.type
        return feature.expression.type
    }

    private mutating func addInputs(of feature: OnDemandFeaturePlan, in view: OnDemandViewPlan) throws(UnknownFeature) {
        for input in feature.expression.inputs {
            switch input {
            case .feature(let reference):
                _ = try add(reference)
            case .request(let name):
                guard let request = view.request.first(where: { $0.name == name }),
                    !requestInputs.contains(request)
                else { continue }
                requestInputs.append(request)
            }
        }
    }

    func selection(of features: [FeatureReference], types: [FeatureType]) -> FeatureSelection {
        var joinKeys: [JoinKey] = []
        for key in featureViews.flatMap(\.joinKeys) where !joinKeys.contains(key) { joinKeys.append(key) }
        return FeatureSelection(
            features: features,
            types: types,
            featureViews: featureViews,
            onDemandFeatures: onDemandFeatures,
            joinKeys: joinKeys,
            requestInputs: requestInputs
        )
    }
}
