/// Reads the sections of each file and merges them, by name.
struct ProjectReader {
    private enum Section: CaseIterable {
        case entities, sources, featureViews, onDemandFeatureViews, featureServices

        var key: KeyShape {
            switch self {
            case .entities: DefinitionFileShape.entities
            case .sources: DefinitionFileShape.sources
            case .featureViews: DefinitionFileShape.featureViews
            case .onDemandFeatureViews: DefinitionFileShape.onDemandFeatureViews
            case .featureServices: DefinitionFileShape.featureServices
            }
        }
    }

    var sink = DiagnosticSink()
    private(set) var isIncomplete = false
    private(set) var entities: [EntityDefinition] = []
    private(set) var sources: [SourceDefinition] = []
    private(set) var featureViews: [FeatureViewDefinition] = []
    private(set) var onDemandViews: [OnDemandViewDefinition] = []
    private(set) var services: [FeatureServiceDefinition] = []

    private var names: [String: [String: SourceSpan]] = [:]

    mutating func read(_ file: SourceFile, as source: SourceText) {
        var fileSink = DiagnosticSink()
        let root = YAMLReader.read(file, as: source, into: &fileSink)
        if !fileSink.isEmpty {
            isIncomplete = true
            fileSink.diagnostics.forEach { sink.report($0) }
        }
        guard let root, !root.isNull else { return }
        let shape = DefinitionFileShape.shape
        guard let file = MappingReader(root, what: "a definition file", shape: shape, at: root.span, into: &sink) else { return }
        for section in Section.allCases {
            guard let node = file.node(section.key), !node.isNull else { continue }
            guard case .mapping(let entries) = node.content else {
                sink.report(
                    .wrongShape(of: "`\(section.key.name)`", expected: "a mapping by name", found: node.kind, at: node.span))
                continue
            }
            for entry in entries { read(entry, in: section) }
        }
    }

    private mutating func read(_ entry: YAMLNode.Entry, in section: Section) {
        let what = Self.noun(section)
        NameRule.check(entry.key, of: what, into: &sink)
        if let first = names[Self.namespace(section), default: [:]][entry.key.text] {
            sink.report(.duplicateDefinition(what, entry.key.text, at: entry.key.span, first: first))
            return
        }
        names[Self.namespace(section), default: [:]][entry.key.text] = entry.key.span
        switch section {
        case .entities: entities.append(EntityDefinition(entry, into: &sink))
        case .sources: sources.append(SourceDefinition(entry, into: &sink))
        case .featureViews: featureViews.append(FeatureViewDefinition(entry, into: &sink))
        case .onDemandFeatureViews: onDemandViews.append(OnDemandViewDefinition(entry, into: &sink))
        case .featureServices: services.append(FeatureServiceDefinition(entry, into: &sink))
        }
    }

    /// Both kinds of view are written `view.feature`, and so share their names.
    private static func namespace(_ section: Section) -> String {
        switch section {
        case .featureViews, .onDemandFeatureViews: "views"
        case .entities, .sources, .featureServices: section.key.name
        }
    }

    private static func noun(_ section: Section) -> String {
        switch section {
        case .entities: "an entity"
        case .sources: "a source"
        case .featureViews, .onDemandFeatureViews: "a feature view"
        case .featureServices: "a feature service"
        }
    }
}
