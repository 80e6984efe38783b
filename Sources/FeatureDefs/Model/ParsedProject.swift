/// A project's definitions as written, and the mistakes found so far.
package struct ParsedProject: Sendable {
    /// A relation whose columns `compile` needs to know.
    package struct SourceRequest: Hashable, Sendable {
        package let name: String
        package let relation: SourcePlan.Relation

        package init(name: String, relation: SourcePlan.Relation) {
            self.name = name
            self.relation = relation
        }
    }

    package let project: String
    /// The relations to look up in the database, in the order written.
    package var sources: [SourceRequest] {
        sourceDefinitions.compactMap { source in
            source.relation.map { SourceRequest(name: source.name.text, relation: $0) }
        }
    }
    /// The join keys of all entities.
    package var joinKeyNames: Set<String> { Set(entities.flatMap { $0.joinKeys.map(\.name.text) }) }
    /// The files, sorted by path: what the spans of diagnostics point into.
    package let files: [SourceText]
    /// What was found while parsing. `compile` throws it again, with all the rest.
    package var diagnostics: Diagnostics { Diagnostics(sink, sources: files) }

    var sink: DiagnosticSink
    /// Whether a whole file could not be read, so that its names are missing: no later stage can judge then.
    var isIncomplete: Bool
    var entities: [EntityDefinition]
    var sourceDefinitions: [SourceDefinition]
    var featureViews: [FeatureViewDefinition]
    var onDemandViews: [OnDemandViewDefinition]
    var services: [FeatureServiceDefinition]
}

/// Reads the definition files of a project. All mistakes are collected, none stops it.
package func parseProject(_ files: [SourceFile], project: String) -> ParsedProject {
    let sorted = files.sorted { $0.path < $1.path }
    let sources = sorted.enumerated().map { index, file in
        SourceText(file: FileID(index: Int32(index)), path: file.path, text: file.text)
    }
    var reader = ProjectReader()
    for (file, source) in zip(sorted, sources) { reader.read(file, as: source) }
    return ParsedProject(
        project: project,
        files: sources,
        sink: reader.sink,
        isIncomplete: reader.isIncomplete,
        entities: reader.entities,
        sourceDefinitions: reader.sources,
        featureViews: reader.featureViews,
        onDemandViews: reader.onDemandViews,
        services: reader.services
    )
}
