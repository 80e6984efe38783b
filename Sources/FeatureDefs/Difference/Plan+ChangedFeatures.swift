/// A view that two plans compute in different ways.
package struct ChangedView: Hashable, Sendable {
    package let old: FeatureViewPlan
    package let new: FeatureViewPlan
    /// The features that both have and whose values may differ, in the new view's order.
    package let features: [String]
}

extension Plan {
    /// The feature views that both plans have, with the features whose values the change may touch: all of a view whose source,
    /// filter, schedule or ttl differs, and those whose rows are chosen otherwise where times are equal.
    package func viewsChanged(since old: Plan) -> [ChangedView] {
        featureViews.compactMap { new in
            guard let before = old.featureView(named: new.name) else { return nil }
            let known = Dictionary(before.features.map { ($0.name, before.meaning(of: $0)) }) { first, _ in first }
            let features = new.features.filter { feature in
                known[feature.name].map { $0 != new.meaning(of: feature) } ?? false
            }
            return features.isEmpty ? nil : ChangedView(old: before, new: new, features: features.map(\.name))
        }
    }
}
