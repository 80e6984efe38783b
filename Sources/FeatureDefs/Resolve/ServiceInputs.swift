/// What the caller of a service must send: the join keys and request inputs behind its features. One name may stand for
/// one thing only.
struct ServiceInputs {
    private let joinKeys: JoinKeyTable
    private let requests: [String: [RequestInput]]
    private let reads: [FeatureReference: [FeatureReference]]

    init(joinKeys: JoinKeyTable, onDemandViews: [OnDemandViewDefinition], aliases: ViewAliasTable) {
        self.joinKeys = joinKeys
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
                    let written = feature.expression.map { OnDemandGraph.references(in: $0.root) } ?? []
                    return (
                        FeatureReference(view: view.name.text, feature: feature.name.text),
                        written.map { aliases.resolve($0, in: view.name.text) }
                    )
                }
            }
        ) { first, _ in first }
    }

    func collector(service: String) -> Collector { Collector(inputs: self, service: service) }

    /// Gathers the inputs of one service, feature by feature.
    struct Collector {
        let inputs: ServiceInputs
        let service: String
        private var seenViews: [String: Set<JoinKeyMap>] = [:]
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
                guard seenViews[next.view, default: []].insert(next.keys).inserted else { continue }
                for key in inputs.joinKeys.joinKeys(of: next.view, next.keys) {
                    add(key.name, key.type, "a join key of type \(key.type) of `\(next.view)`", at: span, into: &sink)
                }
                for input in inputs.requests[next.view] ?? [] {
                    add(
                        input.name, input.type, "a request input of type \(input.type) of `\(next.view)`", at: span,
                        into: &sink)
                }
            }
        }

        /// Whether the caller sends a column of that name.
        func contains(_ name: String) -> Bool { found[name] != nil }

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
