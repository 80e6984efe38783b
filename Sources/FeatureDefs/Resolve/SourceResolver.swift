/// A source whose relation was found; the plan is nil when one of its timestamps has a mistake, which is reported.
struct ResolvedSource {
    let scope: SourceScope
    let plan: SourcePlan?
    var expectations: SourceExpectations?
}

/// The sources by name. A value is nil when its relation could not be read, which is reported.
struct SourceTable {
    let names: [String]
    private let byName: [String: ResolvedSource?]

    init(names: [String], byName: [String: ResolvedSource?]) {
        self.names = names
        self.byName = byName
    }

    /// Of the sources that declare any.
    var expectations: [SourceExpectations] { byName.values.compactMap { $0?.expectations } }

    /// nil: there is none. nil inside: it has a mistake.
    subscript(name: String) -> ResolvedSource?? { byName[name] }
}

/// Joins sources to what the catalogue says of them.
struct SourceResolver {
    let catalogue: Catalogue

    func resolve(_ definitions: [SourceDefinition], into sink: inout DiagnosticSink) -> SourceTable {
        var byName: [String: ResolvedSource?] = [:]
        for definition in definitions { byName[definition.name.text] = .some(resolve(definition, into: &sink)) }
        return SourceTable(names: definitions.map(\.name.text), byName: byName)
    }

    private func resolve(_ definition: SourceDefinition, into sink: inout DiagnosticSink) -> ResolvedSource? {
        guard let relation = definition.relation, let text = definition.relationText else { return nil }
        let columns: [CatalogueColumn]
        switch catalogue.sources[definition.name.text] {
        case .columns(let found): columns = found
        case .missing(let reason, let candidates):
            sink.report(.missingRelation(text.text, reason: reason, candidates: candidates, at: text.span))
            return nil
        case .invalidQuery(let message, let position):
            sink.report(.invalidQuery(message, of: definition.name.text, at: place(position, in: text)))
            return nil
        case nil:
            sink.report(.missingRelation(text.text, reason: "it was not looked up", candidates: [], at: text.span))
            return nil
        }
        let scope = SourceScope(source: definition.name.text, columns: columns)
        let event = instant(definition.eventTimestamp, key: "event_timestamp", scope, into: &sink)
        let created = instant(definition.createdTimestamp, key: "created_timestamp", scope, into: &sink)
        let expectations = definition.expectations.map { ExpectationResolver(scope: scope).resolve($0, into: &sink) }
        guard let event, (created == nil) == (definition.createdTimestamp == nil) else {
            return ResolvedSource(scope: scope, plan: nil)
        }
        let plan = SourcePlan(
            name: definition.name.text, relation: relation, eventTimestamp: event, createdTimestamp: created,
            delay: definition.delay
        )
        return ResolvedSource(scope: scope, plan: plan, expectations: expectations?.expectations(of: plan))
    }

    private func instant(
        _ name: ScalarText?, key: String, _ scope: SourceScope, into sink: inout DiagnosticSink
    ) -> ColumnReference? {
        guard let name, let column = scope.column(name.text, at: name.span, into: &sink) else { return nil }
        guard let storage = column.storage, storage.isInstant else {
            sink.report(.notAnInstant(name.text, key: key, found: column.databaseType, at: name.span))
            return nil
        }
        return ColumnReference(name: name.text, storage: storage)
    }

    /// The word of the query at which Postgres stopped.
    private func place(_ position: Int?, in query: ScalarText) -> SourceSpan {
        guard let position, position >= 1 else { return query.span }
        let scalars = query.text.unicodeScalars
        guard let start = scalars.index(scalars.startIndex, offsetBy: position - 1, limitedBy: scalars.endIndex) else {
            return query.span
        }
        let word = query.text[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let lower = query.text.utf8.distance(from: query.text.utf8.startIndex, to: start)
        return query.span(of: lower..<min(query.text.utf8.count, lower + max(1, word.utf8.count)))
    }
}
