/// The features of all views, by view: which there are, in what order, and of which type as far as it is known.
struct FeatureTable {
    private var order: [String: [String]] = [:]
    private var types: [FeatureReference: FeatureType] = [:]
    private var known = Set<FeatureReference>()
    private(set) var views: [String] = []

    mutating func declare(view: String, features: [String]) {
        views.append(view)
        order[view] = features
        for feature in features { known.insert(FeatureReference(view: view, feature: feature)) }
    }

    mutating func set(_ type: FeatureType, of reference: FeatureReference) { types[reference] = type }

    /// nil when the feature has a mistake, which is reported.
    func type(of reference: FeatureReference) -> FeatureType? { types[reference] }

    func features(of view: String) -> [String]? { order[view] }

    /// Reports a view or feature that there is not.
    func check(_ reference: FeatureReference, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink) -> Bool {
        guard let features = order[reference.view] else {
            sink.report(.unknownView(reference.view, views: views, at: span()))
            return false
        }
        guard known.contains(reference.definition) else {
            sink.report(.unknownFeature(reference.feature, of: reference.view, features: features, at: span()))
            return false
        }
        return true
    }
}
