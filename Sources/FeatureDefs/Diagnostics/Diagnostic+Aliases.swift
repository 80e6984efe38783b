// AS0117 to AS0120: names that services and on-demand views give to views, features and join keys.
extension Diagnostic {
    static func aliasOfExistingView(_ name: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .aliasClash, "`\(name)` is the name of a feature view already", at: Label(span, "stands for another one here"),
            help: ["choose a name that no view has"]
        )
    }

    static func aliasOfTwoViews(_ name: String, in what: String, at span: SourceSpan, first: SourceSpan) -> Diagnostic {
        Diagnostic(
            .aliasClash, "\(what) uses `\(name)` for two different views", at: Label(span, "another view, or other keys"),
            also: [Label(first, "first used here")], help: ["choose another name for one of them"]
        )
    }

    /// `name` is a column; `first` is nil when an input of the service has the name.
    static func outputClash(_ name: String, service: String, at span: SourceSpan, first: SourceSpan?) -> Diagnostic {
        guard let first else {
            return Diagnostic(
                .outputClash, "feature service `\(service)` has an input and a feature named `\(name)`",
                at: Label(span, "the feature"), help: ["choose another name with `as`"])
        }
        return Diagnostic(
            .outputClash, "feature service `\(service)` has two features named `\(name)`", at: Label(span, "again"),
            also: [Label(first, "first named so here")], help: ["give one of them another name with `as`"]
        )
    }

    static func unknownJoinKey(_ name: String, of view: String, keys: [String], at span: SourceSpan) -> Diagnostic {
        let label = keys.isEmpty ? "`\(view)` has no entity, and so no join keys" : "not a join key of `\(view)`"
        return Diagnostic(
            .unknownJoinKey, "unknown join key `\(name)`", at: Label(span, label),
            help: Suggestion.help(for: name, among: keys, available: "join keys").map { [$0] } ?? ["remove it"]
        )
    }

    static func joinKeysOfOnDemandView(_ name: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .joinKeysOfOnDemandView, "`\(name)` is an on-demand view, which has no join keys of its own", at: Label(span),
            help: [
                "name the feature views it reads under its `views:`, as in "
                    + "`views: {origin: {view: airport_delays, keys: {airport: origin_airport}}}`"
            ]
        )
    }
}
