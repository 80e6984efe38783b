/// Expands and checks feature services.
struct ServiceResolver {
    let features: FeatureTable
    let joinKeys: JoinKeyTable
    let inputs: ServiceInputs

    func resolve(_ service: FeatureServiceDefinition, into sink: inout DiagnosticSink) -> FeatureServicePlan {
        let what = "feature service `\(service.name.text)`"
        var selected: [SelectedFeature] = []
        var names = ServiceNames(service: service.name.text)
        var collector = inputs.collector(service: service.name.text)
        for entry in service.features {
            let span = entry.span
            let expanded = expand(entry, into: &sink)
            if case .view = entry.target, let alias = entry.alias, let first = expanded.first {
                guard names.claim(alias, for: first, features: features, in: what, into: &sink) else { continue }
            }
            for feature in expanded {
                // What is wrong with one feature of a view is wrong with the others.
                guard names.add(feature, at: span, in: what, into: &sink) else { break }
                selected.append(feature)
                collector.add(feature.reference, at: span, into: &sink)
            }
        }
        names.refuseInputs(collector.contains, into: &sink)
        return FeatureServicePlan(
            name: service.name.text, features: selected, logSample: service.logSample, notes: service.notes
        )
    }

    /// The features of an entry; empty when there is a mistake, which is reported.
    private func expand(_ entry: FeatureServiceDefinition.Entry, into sink: inout DiagnosticSink) -> [SelectedFeature] {
        switch entry.target {
        case .item(let item):
            let parts = Self.parts(of: item)
            return parts.count == 2
                ? expand(feature: parts, at: item, entry, into: &sink) : expand(view: item, entry, into: &sink)
        case .view(let view):
            return expand(view: view, entry, into: &sink)
        case .feature(let feature):
            return expand(feature: Self.parts(of: feature), at: feature, entry, into: &sink)
        }
    }

    private static func parts(of item: ScalarText) -> [String] {
        item.text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }

    private func expand(
        view: ScalarText, _ entry: FeatureServiceDefinition.Entry, into sink: inout DiagnosticSink
    ) -> [SelectedFeature] {
        guard let all = features.features(of: view.text) else {
            sink.report(.unknownView(view.text, views: features.views, at: view.span))
            return []
        }
        let keys = joinKeys.map(entry.keys, of: view.text, into: &sink)
        if let alias = entry.alias { NameRule.check(alias: alias, of: all, into: &sink) }
        return all.map { feature in
            SelectedFeature(
                FeatureReference(view: view.text, feature: feature, keys: keys), alias: entry.alias.map { .view($0.text) })
        }
    }

    private func expand(
        feature parts: [String], at written: ScalarText, _ entry: FeatureServiceDefinition.Entry,
        into sink: inout DiagnosticSink
    ) -> [SelectedFeature] {
        let reference = FeatureReference(view: parts[0], feature: parts[1])
        guard features.check(reference, at: written.span, into: &sink) else { return [] }
        let keys = joinKeys.map(entry.keys, of: reference.view, into: &sink)
        return [
            SelectedFeature(
                FeatureReference(view: reference.view, feature: reference.feature, keys: keys),
                alias: entry.alias.map { .feature($0.text) })
        ]
    }
}

extension FeatureServiceDefinition.Entry {
    /// What it is about.
    var span: SourceSpan {
        if let alias { return alias.span }
        return switch target {
        case .item(let text), .view(let text), .feature(let text): text.span
        }
    }
}
