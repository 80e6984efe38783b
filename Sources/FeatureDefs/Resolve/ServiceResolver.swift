/// Expands and checks feature services.
struct ServiceResolver {
    let features: FeatureTable
    let inputs: ServiceInputs

    func resolve(_ service: FeatureServiceDefinition, into sink: inout DiagnosticSink) -> FeatureServicePlan {
        let what = "feature service `\(service.name.text)`"
        var references: [FeatureReference] = []
        var seen: [FeatureReference: SourceSpan] = [:]
        var collector = inputs.collector(service: service.name.text)
        for item in service.features {
            let span = item.span
            for reference in expand(item, into: &sink) {
                if let first = seen.updateValue(span, forKey: reference) {
                    sink.report(.duplicateItem(reference.description, in: what, at: span, first: first))
                    continue
                }
                references.append(reference)
                collector.add(reference, at: span, into: &sink)
            }
        }
        return FeatureServicePlan(
            name: service.name.text, features: references, logSample: service.logSample, notes: service.notes
        )
    }

    /// `view` or `view.feature`; empty when there is a mistake, which is reported.
    private func expand(_ item: ScalarText, into sink: inout DiagnosticSink) -> [FeatureReference] {
        let parts = item.text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            guard let all = features.features(of: item.text) else {
                sink.report(.unknownView(item.text, views: features.views, at: item.span))
                return []
            }
            return all.map { FeatureReference(view: item.text, feature: $0) }
        }
        let reference = FeatureReference(view: parts[0], feature: parts[1])
        return features.check(reference, at: item.span, into: &sink) ? [reference] : []
    }
}
