/// Binds and checks on-demand views: inputs before their users, cycles refused.
struct OnDemandResolver {
    /// On-demand features that read each other in a row: later stages follow them by recursion.
    static let depthLimit = 100

    let views: [OnDemandViewDefinition]
    let aliases: ViewAliasTable
    let constantChecker: ConstantChecker?

    func resolve(_ features: FeatureTable, into sink: inout DiagnosticSink) -> [OnDemandViewPlan] {
        var features = features
        let graph = OnDemandGraph(views)
        let scopes = views.map(\.request).map { request in
            Dictionary(request.map { ($0.name.text, $0.type) }) { first, _ in first }
        }
        var expressions: [FeatureReference: TypedExpression<OnDemandInput>] = [:]
        for index in graph.inputsFirst(depthLimit: Self.depthLimit, into: &sink) {
            let node = graph.nodes[index]
            guard let typed = check(node, inputs: scopes[node.view], features, into: &sink) else { continue }
            expressions[node.reference] = typed
            features.set(typed.type, of: node.reference)
        }
        return views.map { plan(of: $0, expressions, into: &sink) }
    }

    /// A function of its own, so that the table is nobody else's when the type is added to it: it would be copied, each time.
    private func check(
        _ node: OnDemandGraph.Node, inputs: [String: FeatureType?], _ features: FeatureTable, into sink: inout DiagnosticSink
    ) -> TypedExpression<OnDemandInput>? {
        guard let expression = node.feature.expression else { return nil }
        let scope = OnDemandScope(view: views[node.view], inputs: inputs, features: features, aliases: aliases)
        return TypeChecker.check(expression, in: scope, constantChecker: constantChecker, into: &sink)
    }

    private func plan(
        of view: OnDemandViewDefinition, _ expressions: [FeatureReference: TypedExpression<OnDemandInput>],
        into sink: inout DiagnosticSink
    ) -> OnDemandViewPlan {
        OnDemandViewPlan(
            name: view.name.text,
            request: view.request.compactMap { input in input.type.map { RequestInput(name: input.name.text, type: $0) } },
            features: view.features.compactMap { feature in
                expressions[FeatureReference(view: view.name.text, feature: feature.name.text)].map {
                    OnDemandFeaturePlan(
                        name: feature.name.text, expression: $0,
                        equality: feature.tolerance?.equality(of: feature.name.text, type: $0.type, into: &sink),
                        notes: feature.notes)
                }
            },
            notes: view.notes
        )
    }
}
