/// Who reads which feature, of a whole plan: the edges between features and to services. Features are meant as they are defined,
/// for whichever entity.
package struct FeatureUses: Sendable {
    /// The on-demand features that read a feature directly, in the plan's order.
    private let readers: [FeatureReference: [FeatureReference]]
    /// The services that serve a feature itself: places in `services`, ascending.
    private let servers: [FeatureReference: [Int]]
    private let services: [String]

    package init(_ plan: Plan) {
        var readers: [FeatureReference: [FeatureReference]] = [:]
        for view in plan.onDemandViews {
            for (feature, reference) in zip(view.features, view.references) {
                for read in feature.featuresRead { readers[read, default: []].append(reference) }
            }
        }
        var servers: [FeatureReference: [Int]] = [:]
        for (index, service) in plan.services.enumerated() {
            for feature in Set(service.features.map(\.reference.definition)) { servers[feature, default: []].append(index) }
        }
        self.readers = readers
        self.servers = servers
        services = plan.services.map(\.name)
    }

    /// The on-demand features that read a feature directly.
    package func directReaders(of reference: FeatureReference) -> [FeatureReference] { readers[reference] ?? [] }

    /// The services that serve a feature itself, by name.
    package func services(serving reference: FeatureReference) -> [String] { (servers[reference] ?? []).map { services[$0] } }

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
        Set(dependents(of: references).flatMap { servers[$0] ?? [] }).sorted().map { services[$0] }
    }
}

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
    package var onDemandReferences: [FeatureReference] { onDemandViews.flatMap(\.references) }
}

extension OnDemandFeaturePlan {
    /// A feature as the expression reads it: once for each way in which its join keys are read.
    func reads(of reference: FeatureReference) -> [FeatureReference] {
        featuresAsRead.filter { $0.definition == reference }
    }

    /// Each once, for whichever entity.
    fileprivate var featuresRead: Set<FeatureReference> { Set(featuresAsRead.map(\.definition)) }

    private var featuresAsRead: [FeatureReference] {
        expression.inputs.compactMap { input in
            switch input {
            case .feature(let read): read
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
