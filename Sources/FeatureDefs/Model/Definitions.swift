// The definitions of a project as written: located, untyped, names unbound. A nil where a definition needs a value
// means that the mistake has been reported; the definition stays, so that its name is known.

struct EntityDefinition: Sendable {
    struct Key: Sendable {
        let name: ScalarText
        let type: FeatureType?
    }

    let name: ScalarText
    let joinKeys: [Key]
    let notes: DefinitionNotes
}

struct SourceDefinition: Sendable {
    let name: ScalarText
    let relation: SourcePlan.Relation?
    /// The table's name or the query's text.
    let relationText: ScalarText?
    let eventTimestamp: ScalarText?
    let createdTimestamp: ScalarText?
    let delay: Period
    let expectations: ExpectationsDefinition?
    let notes: DefinitionNotes
}

struct ExpectationsDefinition: Sendable {
    struct Column: Sendable {
        let name: ScalarText
        let type: FeatureType?
        let typeSpan: SourceSpan
        let minimum: ScalarText?
        let maximum: ScalarText?
        let domain: [ScalarText]
        let nulls: Share?
        let nans: Share?
        /// Where `nans` stands; nil when it does not.
        let nansSpan: SourceSpan?
        let allowed: Share?
        let isGate: Bool
    }

    let freshness: Period?
    let unique: [ScalarText]
    let columns: [Column]
    let isGate: Bool
}

struct FeatureViewDefinition: Sendable {
    let name: ScalarText
    let entities: [ScalarText]
    let source: ScalarText?
    let filter: ParsedExpression?
    let schedule: Schedule?
    let ttl: Period?
    let features: [FeatureDefinition]
    let notes: DefinitionNotes
}

struct FeatureDefinition: Sendable {
    enum Argument: Sendable {
        /// `"*"`
        case rows(ScalarText)
        case expression(ParsedExpression)
    }

    enum Computation: Sendable {
        /// `{latest: amount}`
        case latest(ParsedExpression)
        /// `{sum: amount, window: 7d}`
        case window(AggregateFunction, Argument, length: Period)
    }

    let name: ScalarText
    let computation: Computation?
    let filter: ParsedExpression?
    /// What stands in for NULL.
    let defaultValue: ScalarText?
    let tolerance: ToleranceDefinition?
    let notes: DefinitionNotes
}

struct OnDemandViewDefinition: Sendable {
    struct Input: Sendable {
        let name: ScalarText
        let type: FeatureType?
    }

    struct Feature: Sendable {
        let name: ScalarText
        let expression: ParsedExpression?
        let tolerance: ToleranceDefinition?
        let notes: DefinitionNotes
    }

    /// `origin: {view: airport_delays, keys: {airport: origin_airport}}`
    struct ViewAlias: Sendable {
        let name: ScalarText
        let view: ScalarText?
        let keys: [JoinKeyColumn]
    }

    let name: ScalarText
    /// Feature views under names of this view's own.
    let views: [ViewAlias]
    let request: [Input]
    let features: [Feature]
    let notes: DefinitionNotes
}

struct FeatureServiceDefinition: Sendable {
    struct Entry: Sendable {
        enum Target: Sendable {
            /// `view` or `view.feature`
            case item(ScalarText)
            /// `{view: airport_delays}`
            case view(ScalarText)
            /// `{feature: card_activity.spend_7d}`
            case feature(ScalarText)
        }

        let target: Target
        let alias: ScalarText?
        let keys: [JoinKeyColumn]
    }

    let name: ScalarText
    let features: [Entry]
    let logSample: Double?
    let notes: DefinitionNotes
}
