/// What the caller of a service must send: the join keys and request inputs behind its features. One name may stand for
/// one thing only.
struct ServiceInputs {
    private let joinKeys: [String: [JoinKey]]
    private let requests: [String: [RequestInput]]
    private let reads: [FeatureReference: [FeatureReference]]

    init(featureViews: [FeatureViewDefinition], entities: EntityTable, onDemandViews: [OnDemandViewDefinition]) {
        joinKeys = Dictionary(
            featureViews.map { view in
                let keys = view.entities.flatMap { entities[$0.text]?.joinKeys ?? [] }
                return (view.name.text, keys.compactMap { key in key.type.map { JoinKey(name: key.name.text, type: $0) } })
            }
        ) { first, _ in first }
        requests = Dictionary(
            onDemandViews.map { view in
                (
                    view.name.text,
                    view.request.compactMap { input in input.type.map { RequestInput(name: input.name.text, type: $0) } }
                )
            }
        ) { first, _ in first }
        reads = Dictionary(
            onDemandViews.flatMap { view in
                view.features.map { feature in
                    let references = feature.expression.map { OnDemandGraph.references(in: $0.root) } ?? []
                    return (FeatureReference(view: view.name.text, feature: feature.name.text), references)
                }
            }
        ) { first, _ in first }
    }

    func collector(service: String) -> Collector { Collector(inputs: self, service: service) }

    /// Gathers the inputs of one service, feature by feature.
    struct Collector {
        let inputs: ServiceInputs
        let service: String
        private var seenViews = Set<String>()
        private var seenFeatures = Set<FeatureReference>()
        private var found: [String: (type: FeatureType, text: String)] = [:]

        init(inputs: ServiceInputs, service: String) {
            self.inputs = inputs
            self.service = service
        }

        mutating func add(_ feature: FeatureReference, at span: SourceSpan, into sink: inout DiagnosticSink) {
            var pending = [feature]
            while let next = pending.popLast() {
                guard seenFeatures.insert(next).inserted else { continue }
                pending += inputs.reads[next] ?? []
                guard seenViews.insert(next.view).inserted else { continue }
                for key in inputs.joinKeys[next.view] ?? [] {
                    add(key.name, key.type, "a join key of type \(key.type.rawValue) of `\(next.view)`", at: span, into: &sink)
                }
                for input in inputs.requests[next.view] ?? [] {
                    add(
                        input.name, input.type, "a request input of type \(input.type.rawValue) of `\(next.view)`", at: span,
                        into: &sink)
                }
            }
        }

        private mutating func add(
            _ name: String, _ type: FeatureType, _ text: String, at span: SourceSpan, into sink: inout DiagnosticSink
        ) {
            guard let first = found[name] else {
                found[name] = (type, text)
                return
            }
            guard first.type != type else { return }
            sink.report(.inputClash(name, service: service, first: first.text, second: text, at: span))
        }
    }
}
