/// What on-demand views call the feature views that they read, under `views:`.
struct ViewAliasTable {
    private struct Target {
        let view: String
        let keys: JoinKeyMap
    }

    private var targets: [String: [String: Target]] = [:]

    init(
        _ views: [OnDemandViewDefinition], features: FeatureTable, joinKeys: JoinKeyTable, into sink: inout DiagnosticSink
    ) {
        for onDemand in views {
            for alias in onDemand.views {
                if features.features(of: alias.name.text) != nil {
                    sink.report(.aliasOfExistingView(alias.name.text, at: alias.name.span))
                }
                guard let view = alias.view else { continue }
                guard features.features(of: view.text) != nil else {
                    sink.report(.unknownView(view.text, views: features.views, at: view.span))
                    continue
                }
                guard joinKeys.isFeatureView(view.text) else {
                    sink.report(.joinKeysOfOnDemandView(view.text, at: view.span))
                    continue
                }
                let keys = joinKeys.map(alias.keys, of: view.text, into: &sink)
                targets[onDemand.name.text, default: [:]][alias.name.text] = Target(view: view.text, keys: keys)
            }
        }
    }

    /// What a reference in an expression of an on-demand view stands for.
    func resolve(_ written: FeatureReference, in onDemandView: String) -> FeatureReference {
        guard let target = targets[onDemandView]?[written.view] else { return written }
        return FeatureReference(view: target.view, feature: written.feature, keys: target.keys)
    }
}
