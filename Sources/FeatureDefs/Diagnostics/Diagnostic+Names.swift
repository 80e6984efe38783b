// AS01xx: names that are not allowed, not known, or not unique.
extension Diagnostic {
    static func invalidName(_ name: String, of what: String, reason: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .invalidName, "`\(name)` cannot be the name of \(what)", at: Label(span, reason),
            help: ["names are of letters a-z, digits and single `_`, begin with no digit, and have at most 63 bytes"]
        )
    }

    /// `entity`: the one whose join key the column should be.
    static func unknownColumn(
        _ name: String, isQuoted: Bool = false, of source: String, columns: [String], joining entity: String? = nil,
        at span: SourceSpan
    ) -> Diagnostic {
        let label =
            entity.map { "`\($0)` joins on `\(name)`, which is not a column of `\(source)`" } ?? "not a column of `\(source)`"
        return Diagnostic(
            .unknownColumn, "unknown column `\(name)`", at: Label(span, label),
            help: textHelp(name, isQuoted: isQuoted) + (Suggestion.help(for: name, among: columns).map { [$0] } ?? [])
        )
    }

    /// `what` has its article: "an entity".
    static func duplicateDefinition(_ what: String, _ name: String, at span: SourceSpan, first: SourceSpan) -> Diagnostic {
        Diagnostic(
            .duplicateDefinition, "there is already \(what) named `\(name)`", at: Label(span, "defined again"),
            also: [Label(first, "first defined here")], help: ["rename one of them"]
        )
    }

    static func unknownEntity(_ name: String, entities: [String], at span: SourceSpan) -> Diagnostic {
        unknown(.unknownEntity, "entity", name, among: entities, at: span)
    }

    static func unknownSource(_ name: String, sources: [String], at span: SourceSpan) -> Diagnostic {
        unknown(.unknownSource, "source", name, among: sources, at: span)
    }

    static func unknownView(_ name: String, views: [String], at span: SourceSpan) -> Diagnostic {
        unknown(.unknownView, "feature view", name, among: views, at: span)
    }

    private static func unknown(
        _ code: DiagnosticCode, _ what: String, _ name: String, among known: [String], at span: SourceSpan
    ) -> Diagnostic {
        Diagnostic(
            code, "unknown \(what) `\(name)`", at: Label(span, known.isEmpty ? "the project defines none" : ""),
            help: Suggestion.help(for: name, among: known, available: "defined").map { [$0] } ?? []
        )
    }

    static func unknownFeature(_ name: String, of view: String, features: [String], at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unknownFeature, "unknown feature `\(view).\(name)`", at: Label(span, "not a feature of `\(view)`"),
            help: Suggestion.help(for: name, among: features).map { [$0] } ?? []
        )
    }

    static func unknownFunction(_ name: String, at span: SourceSpan, known: [String]) -> Diagnostic {
        let help: String? =
            if let aggregate = UnknownAggregate.aggregate(meantBy: name) {
                "aggregates are keys of a feature: `{\(aggregate.name): amount, window: 7d}`"
            } else if let function = FunctionTable.foreignNames[name] {
                "write `\(function)`"
            } else {
                Suggestion.help(for: name, among: known)
            }
        return Diagnostic(.unknownFunction, "unknown function `\(name)`", at: Label(span), help: help.map { [$0] } ?? [])
    }

    /// A bare name in an on-demand view that is none of its request inputs.
    static func unknownInput(
        _ name: String, isQuoted: Bool = false, inputs: [String], features: [String], at span: SourceSpan
    ) -> Diagnostic {
        let help: String? =
            if let feature = features.first {
                "features are written with their view: `\(feature)`"
            } else if inputs.isEmpty {
                "declare it under `request:`, as in `request: {\(name): float64}`, or write a feature as `view.feature`"
            } else {
                Suggestion.help(for: name, among: inputs)
            }
        return Diagnostic(
            .unknownInput, "unknown input `\(name)`", at: Label(span, "not a request input of this view"),
            help: textHelp(name, isQuoted: isQuoted) + (help.map { [$0] } ?? [])
        )
    }

    /// Of those who write a text as in other languages, `status = "settled"`.
    private static func textHelp(_ name: String, isQuoted: Bool) -> [String] {
        isQuoted ? ["if a text is meant, it stands in single quotes: `'\(name)'`; double quotes are for names"] : []
    }

    static func unknownAggregate(_ key: String, of what: String, at span: SourceSpan) -> Diagnostic {
        let known = "a feature is `latest` or one of \(AggregateFunction.allCases.map { "`\($0.name)`" }.joined(separator: ", "))"
        let meant = UnknownAggregate.meant(by: key).map { "did you mean `\($0)`? " } ?? ""
        return Diagnostic(
            .unknownAggregate, "\(what) has no key `\(key)`", at: Label(span, "neither `latest` nor an aggregate"),
            help: [meant + known]
        )
    }

    static func duplicateItem(_ name: String, in what: String, at span: SourceSpan, first: SourceSpan) -> Diagnostic {
        Diagnostic(
            .duplicateItem, "\(what) lists `\(name)` twice", at: Label(span, "again"), also: [Label(first, "first listed here")],
            help: ["remove one of them"]
        )
    }

    /// `cycle` begins and ends with the same feature.
    static func onDemandCycle(_ cycle: [String], at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .onDemandCycle, "`\(cycle.first ?? "")` is computed from itself", at: Label(span),
            help: ["the cycle is \(cycle.map { "`\($0)`" }.joined(separator: " -> ")); break it in one place"]
        )
    }

    static func missingRelation(_ name: String, reason: String, candidates: [String], at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .missingRelation, "cannot read table `\(name)`", at: Label(span, reason),
            help: Suggestion.help(for: name, among: candidates).map { [$0] } ?? []
        )
    }

    static func invalidQuery(_ message: String, of source: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.invalidQuery, "Postgres refuses the query of source `\(source)`: \(message)", at: Label(span))
    }

    static func featureInSourceExpression(_ name: String, column: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .featureInSourceExpression, "a feature view reads columns of its source, not `\(name)`", at: Label(span),
            help: ["write `\(column)` if a column is meant; features are combined under `on_demand_feature_views`"]
        )
    }

    /// One name that stands for two things among what a caller sends.
    static func inputClash(
        _ name: String, service: String, first: String, second: String, at span: SourceSpan
    ) -> Diagnostic {
        Diagnostic(
            .inputClash, "service `\(service)` needs two different inputs named `\(name)`", at: Label(span, second),
            help: ["elsewhere in the service it is \(first); rename one, or give both the same type"]
        )
    }

    static func ambiguousColumn(_ name: String, of source: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .ambiguousColumn, "source `\(source)` has more than one column `\(name)`", at: Label(span),
            help: ["give each column of the query its own name with `as`"]
        )
    }
}
