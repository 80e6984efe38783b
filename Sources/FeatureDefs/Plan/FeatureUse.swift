/// Who reads which feature: the edges between features and to services, both ways. Features are meant as they are defined,
/// for whichever entity.
extension Plan {
    /// A feature of a feature view or of an on-demand view.
    package func contains(_ reference: FeatureReference) -> Bool {
        feature(reference) != nil || onDemandFeature(reference) != nil
    }

    package func feature(_ reference: FeatureReference) -> (view: FeatureViewPlan, feature: FeaturePlan)? {
        guard let view = featureView(named: reference.view),
            let feature = view.features.first(where: { $0.name == reference.feature })
        else { return nil }
        return (view, feature)
    }

    package func onDemandFeature(_ reference: FeatureReference) -> (view: OnDemandViewPlan, feature: OnDemandFeaturePlan)? {
        guard let view = onDemandView(named: reference.view),
            let feature = view.features.first(where: { $0.name == reference.feature })
        else { return nil }
        return (view, feature)
    }

    /// Every on-demand feature with its place, in the plan's order.
    package var onDemandReferences: [FeatureReference] {
        onDemandViews.flatMap(\.references)
    }

    /// The on-demand features that read a feature directly.
    package func directReaders(of reference: FeatureReference) -> [FeatureReference] {
        onDemandReferences.filter { !(onDemandFeature($0)?.feature.reads(of: reference).isEmpty ?? true) }
    }

    /// Some features and every on-demand feature whose value follows from them, at any depth.
    package func dependents(of references: Set<FeatureReference>) -> Set<FeatureReference> {
        var reached = references
        var frontier = Array(references)
        while let next = frontier.popLast() {
            for reader in directReaders(of: next) where reached.insert(reader).inserted { frontier.append(reader) }
        }
        return reached
    }

    /// The services that serve one of the features or anything computed from them, by name.
    package func services(using references: Set<FeatureReference>) -> [String] {
        let reached = dependents(of: references)
        return services.filter { $0.features.contains { reached.contains($0.reference.definition) } }.map(\.name)
    }
}

extension OnDemandFeaturePlan {
    /// A feature as the expression reads it: once for each way in which its join keys are read.
    func reads(of reference: FeatureReference) -> [FeatureReference] {
        expression.inputs.compactMap { input in
            switch input {
            case .feature(let read): read.definition == reference ? read : nil
            case .request: nil
            }
        }
    }
}

extension FeatureViewPlan {
    package var references: [FeatureReference] { features.map { FeatureReference(view: name, feature: $0.name) } }
}

extension OnDemandViewPlan {
    package var references: [FeatureReference] { features.map { FeatureReference(view: name, feature: $0.name) } }
}
