/// What changed, in words.
extension PlanDifferenceBuilder {
    func viewChanges(_ old: FeatureViewPlan, _ new: FeatureViewPlan) -> [String] {
        change("entities", names(old.entities), names(new.entities))
            + change("keys", keys(old.joinKeys), keys(new.joinKeys))
            + change("source", old.source.relation.readableText, new.source.relation.readableText)
            + change("event timestamp", old.source.eventTimestamp.words, new.source.eventTimestamp.words)
            + change("created timestamp", old.source.createdTimestamp?.words, new.source.createdTimestamp?.words)
            + change("source delay", old.source.delay.description, new.source.delay.description)
            + change("filter", old.filter?.words, new.filter?.words)
            + change("schedule", old.schedule?.readableText, new.schedule?.readableText)
            + change("ttl", old.ttl?.description, new.ttl?.description)
            + orderChange(old.features.map(\.name), new.features.map(\.name))
            + tieChange(old, new)
    }

    /// Rows of equal times are told apart by what the view reads of them, so that one feature's column may choose another's row:
    /// said where nothing else says that those features change.
    private func tieChange(_ old: FeatureViewPlan, _ new: FeatureViewPlan) -> [String] {
        guard old.canonicalHead == new.canonicalHead else { return [] }
        let kept = Set(new.features.map(\.canonicalText))
        let touched = old.features.filter { $0.computation.needsTieBreak && kept.contains($0.canonicalText) }
        guard !touched.isEmpty else { return [] }
        return change(
            "rows of equal times, for \(names(touched.map(\.name))), ordered by", old.tieBreakColumns.words,
            new.tieBreakColumns.words)
    }

    func featureChanges(_ old: FeaturePlan, _ new: FeaturePlan) -> [String] {
        change("type", old.type.description, new.type.description)
            + change("aggregate", old.computation.aggregateName, new.computation.aggregateName)
            + change("of", old.computation.argument?.words ?? .init("*"), new.computation.argument?.words ?? .init("*"))
            + change("n", old.computation.rowLimit.map { "\($0)" }, new.computation.rowLimit.map { "\($0)" })
            + change("window", old.computation.window?.description, new.computation.window?.description)
            + change("filter", old.computation.filter?.words, new.computation.filter?.words)
            + change("default", old.defaultText, new.defaultText)
            + change("tolerance", old.equality?.words, new.equality?.words)
    }

    func serviceChanges(_ old: FeatureServicePlan, _ new: FeatureServicePlan) -> [String] {
        let (before, after) = (Set(old.features), Set(new.features))
        let added = new.features.filter { !before.contains($0) }.map { "feature \($0.readableText) added" }
        let removed = old.features.filter { !after.contains($0) }.map { "feature \($0.readableText) removed" }
        return added + removed + orderChange(old.features.map(\.description), new.features.map(\.description))
            + change("log sample", old.logSample.map { "\($0)" }, new.logSample.map { "\($0)" })
    }

    // MARK: Wording

    /// Of those that both have: a feature that comes or goes is said elsewhere.
    func orderChange(_ old: [String], _ new: [String]) -> [String] {
        let (before, after) = (old.filter(Set(new).contains), new.filter(Set(old).contains))
        return before == after ? [] : ["order of features \(names(before)) → \(names(after))"]
    }

    func change(_ what: String, _ old: String?, _ new: String?) -> [String] {
        change(what, old.map { Words($0) }, new.map { Words($0) })
    }

    /// `window 7d → 14d`, `filter added amount > 0`, `ttl removed (was 30d)`.
    func change(_ what: String, _ old: Words?, _ new: Words?) -> [String] {
        switch (old, new) {
        case (nil, nil): return []
        case (nil, let new?): return ["\(what) added: \(new.readable)"]
        case (let old?, nil): return ["\(what) removed: \(old.readable)"]
        case (let old?, let new?):
            guard old.exact != new.exact else { return [] }
            // Different meanings that read alike are told apart by their types.
            let areAlike = old.readable == new.readable
            return ["\(what) \(areAlike ? old.exact : old.readable) → \(areAlike ? new.exact : new.readable)"]
        }
    }

    func keys(_ keys: [JoinKey]) -> String { keys.map { "\($0.name) \($0.type)" }.joined(separator: ", ") }
    func inputs(_ inputs: [RequestInput]) -> String {
        inputs.map { "\($0.name) \($0.type)" }.sorted().joined(separator: ", ")
    }
    func names(_ names: [String]) -> String { names.joined(separator: ", ") }
}

/// A text to read, and the one that decides whether it changed.
struct Words {
    let readable: String
    let exact: String

    init(_ text: String) {
        readable = text
        exact = text
    }

    init(readable: String, exact: String) {
        self.readable = readable
        self.exact = exact
    }
}

extension TypedExpression<ColumnReference> {
    var words: Words { Words(readable: readableText, exact: canonicalText) }
}

extension TypedExpression<OnDemandInput> {
    var words: Words { Words(readable: readableText, exact: canonicalText) }
}

extension ColumnReference {
    fileprivate var words: Words { Words(readable: readableName, exact: CanonicalText.column(self)) }
}

extension [ColumnReference] {
    fileprivate var words: Words {
        Words(readable: map(\.readableName).joined(separator: ", "), exact: map(CanonicalText.column).joined(separator: ", "))
    }
}

extension FeaturePlan {
    fileprivate var defaultText: String? { defaultValue.map { CanonicalText.literal($0, of: type) } }
}

extension FeatureComputation {
    fileprivate var aggregateName: String {
        switch self {
        case .latest: "latest"
        case .window(let aggregate, _, _, _): aggregate.name
        }
    }

    fileprivate var rowLimit: Int? {
        switch self {
        case .latest: nil
        case .window(let aggregate, _, _, _): aggregate.rowLimit
        }
    }

    fileprivate var window: Period? {
        switch self {
        case .latest: nil
        case .window(_, _, let length, _): length
        }
    }
}

extension FeatureViewPlan {
    /// What the view is, in a few lines.
    var summary: [String] {
        ["of \(entities.isEmpty ? "no entity" : entities.joined(separator: ", ")) from \(source.relation.readableText)"]
            + (filter.map { ["filter \($0.readableText)"] } ?? [])
            + (schedule.map { [$0.readableText] } ?? [])
            + (ttl.map { ["ttl \($0)"] } ?? [])
    }
}
