/// A feature view as a selection joins it: with the columns of the caller that its join keys are read from. One view
/// may be joined more than once, as `origin` and as `destination`.
package struct JoinedView: Hashable, Sendable {
    package let view: FeatureViewPlan
    package let keys: JoinKeyMap

    package init(_ view: FeatureViewPlan, keys: JoinKeyMap = .own) {
        self.view = view
        self.keys = keys
    }

    package var name: String { view.name }

    /// The caller's columns, one for each of the view's `joinKeys`, in their order.
    package var joinKeys: [JoinKey] {
        view.joinKeys.map { JoinKey(name: keys.column(of: $0.name), type: $0.type) }
    }

    /// The view's features for this entity, in the view's order.
    package var references: [FeatureReference] {
        view.features.map { FeatureReference(view: view.name, feature: $0.name, keys: keys) }
    }
}
