/// What became of a feature view. The plan is nil when anything of it has a mistake; the sound features stay known.
struct ResolvedFeatureView {
    let plan: FeatureViewPlan?
    let features: [FeaturePlan]
}

/// Binds and checks feature views.
struct FeatureViewResolver {
    let entities: EntityTable
    let sources: SourceTable
    let constantChecker: ConstantChecker?

    func resolve(_ view: FeatureViewDefinition, into sink: inout DiagnosticSink) -> ResolvedFeatureView {
        let source = source(of: view, into: &sink)
        let keys = joinKeys(of: view, source: source, into: &sink)
        guard let source else { return ResolvedFeatureView(plan: nil, features: []) }
        let filter = self.filter(view.filter, in: source.scope, into: &sink)
        var features: [FeaturePlan] = []
        for feature in view.features {
            if let plan = resolve(feature, in: source.scope, into: &sink) { features.append(plan) }
        }
        guard let sourcePlan = source.plan, features.count == view.features.count else {
            return ResolvedFeatureView(plan: nil, features: features)
        }
        let plan = FeatureViewPlan(
            name: view.name.text,
            entities: view.entities.map(\.text),
            joinKeys: keys.map(\.key),
            joinKeyColumns: keys.map(\.column),
            source: sourcePlan,
            filter: filter,
            schedule: view.schedule,
            ttl: view.ttl,
            features: features,
            notes: view.notes
        )
        return ResolvedFeatureView(plan: plan, features: features)
    }

    private func source(of view: FeatureViewDefinition, into sink: inout DiagnosticSink) -> ResolvedSource? {
        guard let name = view.source else { return nil }
        guard let source = sources[name.text] else {
            sink.report(.unknownSource(name.text, sources: sources.names, at: name.span))
            return nil
        }
        return source
    }

    // MARK: Join keys

    private func joinKeys(
        of view: FeatureViewDefinition, source: ResolvedSource?, into sink: inout DiagnosticSink
    ) -> [(key: JoinKey, column: ColumnReference)] {
        var keys: [(key: JoinKey, column: ColumnReference)] = []
        var seenEntities: [String: SourceSpan] = [:]
        var seenKeys: [String: SourceSpan] = [:]
        for name in view.entities {
            if let first = seenEntities.updateValue(name.span, forKey: name.text) {
                sink.report(.duplicateItem(name.text, in: "feature view `\(view.name.text)`", at: name.span, first: first))
                continue
            }
            guard let entity = entities[name.text] else {
                sink.report(.unknownEntity(name.text, entities: entities.names, at: name.span))
                continue
            }
            for key in entity.joinKeys {
                if let first = seenKeys.updateValue(name.span, forKey: key.name.text) {
                    let what = "the join keys of feature view `\(view.name.text)`"
                    sink.report(.duplicateItem(key.name.text, in: what, at: name.span, first: first))
                } else if let bound = bind(key, of: entity, at: name, source, into: &sink) {
                    keys.append(bound)
                }
            }
        }
        return keys
    }

    private func bind(
        _ key: EntityDefinition.Key, of entity: EntityDefinition, at name: ScalarText, _ source: ResolvedSource?,
        into sink: inout DiagnosticSink
    ) -> (key: JoinKey, column: ColumnReference)? {
        guard let scope = source?.scope, let type = key.type,
            let column = scope.column(key.name.text, at: name.span, joining: entity.name.text, into: &sink)
        else { return nil }
        guard let storage = column.storage, storage != .numeric, storage.featureType == type else {
            let found = column.storage.flatMap { $0 == .numeric ? nil : $0.featureType.description } ?? column.databaseType
            sink.report(
                .joinKeyTypeMismatch(
                    key.name.text, entity: entity.name.text, declared: type, source: scope.source, found: found, at: name.span,
                    declaredAt: key.name.span
                )
            )
            return nil
        }
        return (JoinKey(name: key.name.text, type: type), ColumnReference(name: key.name.text, storage: storage))
    }

    // MARK: Features

    private func filter(
        _ expression: ParsedExpression?, in scope: SourceScope, into sink: inout DiagnosticSink
    ) -> TypedExpression<ColumnReference>? {
        guard let expression, let typed = check(expression, in: scope, into: &sink) else { return nil }
        guard typed.type == .bool else {
            sink.report(.filterIsNotBool(found: typed.type, at: expression.span(expression.root.range)))
            return nil
        }
        return typed
    }

    private func check(
        _ expression: ParsedExpression, in scope: SourceScope, into sink: inout DiagnosticSink
    ) -> TypedExpression<ColumnReference>? {
        TypeChecker.check(expression, in: scope, constantChecker: constantChecker, into: &sink)
    }

    private func resolve(
        _ feature: FeatureDefinition, in scope: SourceScope, into sink: inout DiagnosticSink
    ) -> FeaturePlan? {
        let filter = filter(feature.filter, in: scope, into: &sink)
        guard let (computation, type) = computation(of: feature, filter: filter, in: scope, into: &sink) else { return nil }
        let equality = feature.tolerance?.equality(of: feature.name.text, type: type, into: &sink)
        let plan = FeaturePlan(
            name: feature.name.text, computation: computation, type: type, equality: equality, notes: feature.notes)
        guard let written = feature.defaultValue else { return plan }
        guard let value = DefaultValue.resolve(written, of: plan, into: &sink) else { return nil }
        return FeaturePlan(
            name: plan.name, computation: computation, type: type, defaultValue: value, equality: equality, notes: plan.notes)
    }

    private func computation(
        of feature: FeatureDefinition, filter: TypedExpression<ColumnReference>?, in scope: SourceScope,
        into sink: inout DiagnosticSink
    ) -> (FeatureComputation, FeatureType)? {
        switch feature.computation {
        case nil: return nil
        case .latest(let expression):
            return check(expression, in: scope, into: &sink).map { (.latest($0, filter: filter), $0.type) }
        case .window(let aggregate, .rows(let star), let length):
            guard let type = aggregate.resultType(of: nil) else {
                sink.report(.aggregateOfWrongType(aggregate, found: nil, at: star.span))
                return nil
            }
            return (.window(aggregate, argument: nil, length: length, filter: filter), type)
        case .window(let aggregate, .expression(let expression), let length):
            guard let argument = check(expression, in: scope, into: &sink) else { return nil }
            guard let type = aggregate.resultType(of: argument.type) else {
                let span = expression.span(expression.root.range)
                sink.report(
                    argument.type.scalar == nil
                        ? .aggregateOfList(aggregate, found: argument.type, at: span)
                        : .aggregateOfWrongType(aggregate, found: argument.type, at: span)
                )
                return nil
            }
            return (.window(aggregate, argument: argument, length: length, filter: filter), type)
        }
    }
}
