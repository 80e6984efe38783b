/// The meaning of a plan as text: complete as to values, blind to descriptions, owners, tags and spelling. What
/// fingerprints are made of, and what a registry can show and compare line by line.
///
///     feature_view card_activity
///       entity card
///       key "card_id":int64
///       source table "transactions"
///       event_timestamp "occurred_at":timestamp
///       feature spend_7d float64 = sum("amount":float64) over 7d
extension Plan {
    package var canonicalText: String {
        let parts =
            ["project \(CanonicalText.quoted(project, "\""))\n"] + entities.map(\.canonicalText)
            + featureViews.map(\.canonicalText)
            + onDemandViews.map(\.canonicalText) + services.map(\.canonicalText)
            + (toleranceLines.isEmpty ? [] : [toleranceLines.map { "\($0)\n" }.joined()]) + expectations.map(\.canonicalText)
        return parts.joined(separator: "\n")
    }
}

extension EntityPlan {
    package var canonicalText: String {
        block("entity \(name)", joinKeys.map(\.canonicalText))
    }
}

extension FeatureViewPlan {
    /// The source's own name is not part of it: it is a handle within the files.
    package var canonicalText: String {
        block("feature_view \(name)", canonicalHeadLines + features.map(\.canonicalText))
    }

    /// All but the features.
    var canonicalHead: String { canonicalHeadLines.joined(separator: "; ") }

    /// All but the features and what is judged when they are read.
    var canonicalStoredHead: String { canonicalStoredHeadLines.joined(separator: "; ") }

    private var canonicalHeadLines: [String] { canonicalStoredHeadLines + (ttl.map { ["ttl \($0)"] } ?? []) }

    private var canonicalStoredHeadLines: [String] {
        let head = entities.map { "entity \($0)" } + joinKeys.map(\.canonicalText) + source.canonicalLines
        let filterLine = filter.map { ["filter \($0.canonicalText)"] } ?? []
        let scheduleLine = schedule.map { ["schedule every \($0.every) lag \($0.lag)"] } ?? []
        return head + filterLine + scheduleLine
    }
}

extension OnDemandViewPlan {
    package var canonicalText: String {
        let lines = features.map { "feature \($0.name) \($0.expression.type) = \($0.expression.canonicalText)" }
        return block("on_demand_feature_view \(name)", canonicalHeadLines + lines)
    }

    /// All but the features.
    var canonicalHead: String { canonicalHeadLines.joined(separator: "; ") }

    private var canonicalHeadLines: [String] { request.map { "request \($0.name) \($0.type)" }.sorted() }
}

extension FeatureServicePlan {
    package var canonicalText: String {
        let log = logSample.map { ["log sample \($0)"] } ?? []
        return block("feature_service \(name)", features.map { "feature \($0.canonicalText)" } + log)
    }
}

extension SourceExpectations {
    /// By the source's name, under which `asof check` reports it.
    package var canonicalText: String { block("expectations \(source.name)", canonicalLines) }

    var canonicalLines: [String] {
        source.canonicalLines + (freshness.map { ["freshness \($0)"] } ?? [])
            + (unique.isEmpty
                ? [] : ["unique " + unique.map { CanonicalText.quoted($0.name, "\"") }.sorted().joined(separator: ", ")])
            + columns.map(\.canonicalText) + (isGate ? ["gate"] : [])
    }
}

extension ColumnExpectation {
    fileprivate var canonicalText: String {
        let literal = { (value: FeatureValue) in CanonicalText.literal(value, of: valueType) }
        var words = ["column \(CanonicalText.quoted(column.name, "\""))"]
        if let type { words.append("type \(type)") }
        if let minimum { words.append("min \(literal(minimum))") }
        if let maximum { words.append("max \(literal(maximum))") }
        if !domain.isEmpty { words.append("in \(domain.map(literal).sorted().joined(separator: ", "))") }
        if let nulls { words.append("nulls \(nulls)") }
        if let nans { words.append("nans \(nans)") }
        if allowed != .zero { words.append("allow \(allowed)") }
        if isGate { words.append("gate") }
        return words.joined(separator: " ")
    }
}

extension FeaturePlan {
    var canonicalText: String {
        canonicalStoredText + (defaultValue.map { " default \(CanonicalText.literal($0, of: type))" } ?? "")
    }

    /// Without what stands in for NULL when it is read.
    var canonicalStoredText: String {
        let (value, filter) =
            switch computation {
            case .latest(let expression, let filter): ("latest(\(expression.canonicalText))", filter)
            case .window(let aggregate, let argument, let length, let filter):
                ("\(aggregate.spelled(argument?.canonicalText ?? "*")) over \(length)", filter)
            }
        return "feature \(name) \(type) = \(value)" + (filter.map { " where \($0.canonicalText)" } ?? "")
    }
}

extension SelectedFeature {
    /// A name of the service's own is part of its meaning: the model's columns are called so.
    var canonicalText: String { alias == nil ? reference.description : "\(reference) as \(self)" }
}

extension JoinKey {
    fileprivate var canonicalText: String { "key \(CanonicalText.quoted(name, "\"")):\(type)" }
}

extension SourcePlan {
    var canonicalLines: [String] {
        let relationLine =
            switch relation {
            case .table(let parts): "source table " + parts.map { CanonicalText.quoted($0, "\"") }.joined(separator: ".")
            case .query(let query): "source query " + CanonicalText.quoted(query, "'")
            }
        let created = createdTimestamp.map { ["created_timestamp \(CanonicalText.column($0))"] } ?? []
        return [relationLine, "event_timestamp \(CanonicalText.column(eventTimestamp))"] + created + ["delay \(delay)"]
    }
}

extension TypedExpression<ColumnReference> {
    package var canonicalText: String {
        CanonicalExpression(expression: self) { column, _ in CanonicalText.column(column) }.text
    }
}

extension TypedExpression<OnDemandInput> {
    package var canonicalText: String {
        CanonicalExpression(expression: self) { input, type in
            switch input {
            case .feature(let reference): "\(reference):\(type)"
            case .request(let name): "request.\(name):\(type)"
            }
        }.text
    }
}

private func block(_ head: String, _ lines: [String]) -> String {
    head + "\n" + lines.map { "  \($0)\n" }.joined()
}
