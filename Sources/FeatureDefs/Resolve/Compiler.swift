/// Binds names, checks types and lowers to a plan; or throws every mistake of the project at once, in source order.
///
/// `constantChecker` refuses constants that have no value, such as `1 / 0`.
package func compile(
    _ parsed: ParsedProject, catalogue: Catalogue, constantChecker: ConstantChecker? = nil
) throws(Diagnostics) -> Plan {
    var sink = parsed.sink
    // With a file unread, what its names are is unknown, and every use of one would look like a mistake.
    guard !parsed.isIncomplete else { throw Diagnostics(sink, sources: parsed.files) }

    let sources = SourceResolver(catalogue: catalogue).resolve(parsed.sourceDefinitions, into: &sink)
    let entities = EntityTable(parsed.entities)
    let viewResolver = FeatureViewResolver(entities: entities, sources: sources, constantChecker: constantChecker)
    let views = parsed.featureViews.map { viewResolver.resolve($0, into: &sink) }

    var features = FeatureTable()
    for (definition, view) in zip(parsed.featureViews, views) {
        features.declare(view: definition.name.text, features: definition.features.map(\.name.text))
        for feature in view.features {
            features.set(feature.type, of: FeatureReference(view: definition.name.text, feature: feature.name))
        }
    }
    for view in parsed.onDemandViews { features.declare(view: view.name.text, features: view.features.map(\.name.text)) }
    let joinKeys = JoinKeyTable(parsed.featureViews, entities: entities)
    let aliases = ViewAliasTable(parsed.onDemandViews, features: features, joinKeys: joinKeys, into: &sink)
    let onDemandResolver = OnDemandResolver(views: parsed.onDemandViews, aliases: aliases, constantChecker: constantChecker)
    let onDemandViews = onDemandResolver.resolve(features, into: &sink)

    let inputs = ServiceInputs(joinKeys: joinKeys, onDemandViews: parsed.onDemandViews, aliases: aliases)
    let serviceResolver = ServiceResolver(features: features, joinKeys: joinKeys, inputs: inputs)
    let services = parsed.services.map { serviceResolver.resolve($0, into: &sink) }

    let plans = views.compactMap(\.plan)
    guard sink.isEmpty, plans.count == views.count else { throw Diagnostics(sink, sources: parsed.files) }
    return Plan(
        project: parsed.project,
        entities: entities.plans,
        featureViews: plans,
        onDemandViews: onDemandViews,
        services: services,
        expectations: sources.expectations
    )
}

/// The sources alone, whether a view reads them or not; or every mistake in them.
package func compileSources(_ parsed: ParsedProject, catalogue: Catalogue) throws(Diagnostics) -> [SourcePlan] {
    var sink = parsed.sink
    guard !parsed.isIncomplete else { throw Diagnostics(sink, sources: parsed.files) }
    let sources = SourceResolver(catalogue: catalogue).resolve(parsed.sourceDefinitions, into: &sink)
    guard sink.isEmpty else { throw Diagnostics(sink, sources: parsed.files) }
    return sources.names.sorted().compactMap { sources[$0]??.plan }
}
