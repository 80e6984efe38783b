extension Plan {
    /// The closure of a service. Its features were resolved when the plan was compiled.
    package func selection(of service: FeatureServicePlan) throws(UnknownFeature) -> FeatureSelection {
        try selection(of: service.features)
    }

    /// The closure of a list of features under their own names.
    package func selection(of features: [FeatureReference]) throws(UnknownFeature) -> FeatureSelection {
        try selection(of: features.map { SelectedFeature($0) })
    }

    /// The closure of a list of features.
    package func selection(of features: [SelectedFeature]) throws(UnknownFeature) -> FeatureSelection {
        var builder = FeatureSelectionBuilder(plan: self)
        var types: [FeatureType] = []
        for feature in features { types.append(try builder.add(feature.reference)) }
        return builder.selection(of: features, types: types)
    }
}

/// Walks from features to what they read, depth first. The compiler has refused cycles.
private struct FeatureSelectionBuilder {
    private let plan: Plan
    private var joinedViews: [JoinedView] = []
    private var onDemandFeatures: [FeatureSelection.OnDemandFeature] = []
    private var requestInputs: [RequestInput] = []
    private var visited: [FeatureReference: FeatureType] = [:]
    private var joined = Set<JoinedName>()
    private var requested = Set<RequestInput>()
    private var views: [String: KnownView] = [:]

    private struct JoinedName: Hashable {
        let view: String
        let keys: JoinKeyMap
    }

    /// A view of the plan with its features by name.
    private enum KnownView {
        case stored(FeatureViewPlan, types: [String: FeatureType])
        case onDemand(OnDemandViewPlan, features: [String: OnDemandFeaturePlan])
    }

    init(plan: Plan) {
        self.plan = plan
    }

    mutating func add(_ reference: FeatureReference) throws(UnknownFeature) -> FeatureType {
        if let type = visited[reference] { return type }
        let type = try addNew(reference)
        visited[reference] = type
        return type
    }

    private mutating func addNew(_ reference: FeatureReference) throws(UnknownFeature) -> FeatureType {
        switch view(named: reference.view) {
        case .stored(let view, let types):
            guard let type = types[reference.feature] else { throw UnknownFeature(reference: reference) }
            if joined.insert(JoinedName(view: view.name, keys: reference.keys)).inserted {
                joinedViews.append(JoinedView(view, keys: reference.keys))
            }
            return type
        case .onDemand(let view, let features):
            guard let feature = features[reference.feature] else { throw UnknownFeature(reference: reference) }
            try addInputs(of: feature, in: view)
            onDemandFeatures.append(.init(reference: reference, expression: feature.expression))
            return feature.expression.type
        case nil:
            throw UnknownFeature(reference: reference)
        }
    }

    private mutating func view(named name: String) -> KnownView? {
        if let known = views[name] { return known }
        let found: KnownView?
        if let view = plan.featureView(named: name) {
            found = .stored(view, types: Dictionary(view.features.map { ($0.name, $0.type) }) { first, _ in first })
        } else {
            found = plan.onDemandView(named: name).map { view in
                .onDemand(view, features: Dictionary(view.features.map { ($0.name, $0) }) { first, _ in first })
            }
        }
        views[name] = found
        return found
    }

    private mutating func addInputs(of feature: OnDemandFeaturePlan, in view: OnDemandViewPlan) throws(UnknownFeature) {
        for input in feature.expression.inputs {
            switch input {
            case .feature(let reference):
                _ = try add(reference)
            case .request(let name):
                guard let request = view.request.first(where: { $0.name == name }), requested.insert(request).inserted else {
                    continue
                }
                requestInputs.append(request)
            }
        }
    }

    func selection(of features: [SelectedFeature], types: [FeatureType]) -> FeatureSelection {
        FeatureSelection(
            features: features,
            types: types,
            joinedViews: joinedViews,
            onDemandFeatures: onDemandFeatures,
            requestInputs: requestInputs
        )
    }
}
