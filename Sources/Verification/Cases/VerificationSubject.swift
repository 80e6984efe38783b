package import FeatureDefs

/// Features that are verified together, over the same generated rows: a service's, or those of some views.
package struct VerificationSubject: Hashable, Sendable {
    package enum Choice: Hashable, Sendable {
        case service(String)
        /// Feature views and on-demand views, whole.
        case views([String])
    }

    package let choice: Choice

    package init(_ choice: Choice) {
        self.choice = choice
    }

    /// Every service, and the views that have a feature which no service has.
    package static func all(of plan: Plan) -> [VerificationSubject] {
        let served = Set(plan.services.flatMap { $0.features.map(\.reference.definition) })
        let views =
            plan.featureViews.filter { !served.isSuperset(of: $0.references) }.map(\.name)
            + plan.onDemandViews.filter { !served.isSuperset(of: $0.references) }.map(\.name)
        return plan.services.map { VerificationSubject(.service($0.name)) }
            + (views.isEmpty ? [] : [VerificationSubject(.views(views))])
    }

    /// `service fraud_v1`, `card_activity, merchant_rating`
    package var title: String {
        switch choice {
        case .service(let name): "service \(name)"
        case .views(let names): names.joined(separator: ", ")
        }
    }

    /// The arguments of `asof verify` that choose the subject.
    package var arguments: [String] {
        switch choice {
        case .service(let name): ["--service", name]
        case .views(let names): names
        }
    }

    /// What computing the features takes; the plan has what the subject names.
    func selection(in plan: Plan) throws(UnknownFeature) -> FeatureSelection {
        switch choice {
        case .service(let name):
            return try plan.selection(of: plan.service(named: name)?.features ?? [])
        case .views(let names):
            let references = names.flatMap { name in
                plan.featureView(named: name)?.references ?? plan.onDemandView(named: name)?.references ?? []
            }
            return try plan.selection(of: references)
        }
    }
}
