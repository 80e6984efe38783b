/// A column that identifies an entity, with the type its values have everywhere: spine, source, Redis key, request.
package struct JoinKey: Hashable, Sendable, Codable {
    package let name: String
    package let type: FeatureType

    package init(name: String, type: FeatureType) {
        self.name = name
        self.type = type
    }
}

/// Texts about a definition that change no value and no fingerprint.
package struct DefinitionNotes: Hashable, Sendable, Codable {
    package let description: String?
    package let owner: String?
    package let tags: [String: String]

    package init(description: String? = nil, owner: String? = nil, tags: [String: String] = [:]) {
        self.description = description
        self.owner = owner
        self.tags = tags
    }
}

/// How a feature's value follows from the rows visible at the cut.
package enum FeatureComputation: Hashable, Sendable, Codable {
    /// The expression on the visible row with the greatest (event, available) time that passes the filter.
    case latest(TypedExpression<ColumnReference>, filter: TypedExpression<ColumnReference>?)
    /// An aggregate over the visible rows of the window that pass the filter. A nil argument is `*`.
    case window(
        AggregateFunction,
        argument: TypedExpression<ColumnReference>?,
        length: Period,
        filter: TypedExpression<ColumnReference>?
    )
}

/// One feature of a feature view.
package struct FeaturePlan: Hashable, Sendable, Codable {
    package let name: String
    package internal(set) var computation: FeatureComputation
    package let type: FeatureType
    /// What stands in for NULL wherever the feature is read: computed and NULL, without rows, beyond the ttl. Never NULL
    /// itself, and of the feature's type. The stored row keeps the NULL.
    package let defaultValue: FeatureValue?
    /// When a served value counts as equal to the recomputed one; nil: as `ValueEquality.standard` has it.
    package let equality: ValueEquality?
    package let notes: DefinitionNotes

    package init(
        name: String, computation: FeatureComputation, type: FeatureType, defaultValue: FeatureValue? = nil,
        equality: ValueEquality? = nil, notes: DefinitionNotes
    ) {
        self.name = name
        self.computation = computation
        self.type = type
        self.defaultValue = defaultValue
        self.equality = equality
        self.notes = notes
    }

    /// What the feature is for a key without visible rows, offline and online alike.
    package var valueWhenNoRows: FeatureValue {
        switch computation {
        case .latest: whenRead(.null)
        case .window(let aggregate, _, _, _): whenRead(aggregate.valueWhenNoRows)
        }
    }

    /// A computed value as readers get it: with the default in place of NULL.
    package func whenRead(_ value: FeatureValue) -> FeatureValue {
        value.isNull ? defaultValue ?? .null : value
    }
}

extension FeaturePlan {
    private enum CodingKeys: String, CodingKey {
        case name, computation, type, notes
        case defaultValue = "default"
        case equality = "tolerance"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        computation = try container.decode(FeatureComputation.self, forKey: .computation)
        type = try container.decode(FeatureType.self, forKey: .type)
        equality = try container.decodeIfPresent(ValueEquality.self, forKey: .equality)
        notes = try container.decode(DefinitionNotes.self, forKey: .notes)
        guard let text = try container.decodeIfPresent(String.self, forKey: .defaultValue) else {
            defaultValue = nil
            return
        }
        guard let value = FeatureValue(parsing: text, as: type) else {
            throw DecodingError.dataCorruptedError(
                forKey: .defaultValue, in: container, debugDescription: "the default is not \(type)")
        }
        defaultValue = value
    }

    /// The default goes as text: JSON has no NaN.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(computation, forKey: .computation)
        try container.encode(type, forKey: .type)
        try container.encode(notes, forKey: .notes)
        try container.encodeIfPresent(defaultValue?.text, forKey: .defaultValue)
        try container.encodeIfPresent(equality, forKey: .equality)
    }
}

/// A feature view, lowered: no name left to look up, null and window semantics explicit.
package struct FeatureViewPlan: Hashable, Sendable, Codable {
    package let name: String
    /// The entities, in the order written. None: the view has one value for everybody.
    package let entities: [String]
    /// The entities' join keys, in that order. The source has a column of each name.
    package let joinKeys: [JoinKey]
    /// How the source stores each join key; as many as `joinKeys`.
    package let joinKeyColumns: [ColumnReference]
    package let source: SourcePlan
    package let filter: TypedExpression<ColumnReference>?
    package let schedule: Schedule?
    /// For `latest` features: an older value is NULL. Judged at the spine row's time, not at the cut.
    package let ttl: Period?
    package internal(set) var features: [FeaturePlan]
    package let notes: DefinitionNotes
    /// The whole view's, where this one has only some of its features; never recorded.
    var inheritedTieBreakColumns: [ColumnReference]?

    package init(
        name: String,
        entities: [String],
        joinKeys: [JoinKey],
        joinKeyColumns: [ColumnReference],
        source: SourcePlan,
        filter: TypedExpression<ColumnReference>?,
        schedule: Schedule?,
        ttl: Period?,
        features: [FeaturePlan],
        notes: DefinitionNotes
    ) {
        self.name = name
        self.entities = entities
        self.joinKeys = joinKeys
        self.joinKeyColumns = joinKeyColumns
        self.source = source
        self.filter = filter
        self.schedule = schedule
        self.ttl = ttl
        self.features = features
        self.notes = notes
    }

    /// The instant whose visible rows give the value at `t`.
    package func cut(at t: Timestamp, knowledge: KnowledgeMode) -> Timestamp {
        switch knowledge {
        case .asServed: schedule?.cut(at: t) ?? t
        case .asKnown, .clean: t
        }
    }

    /// Window features slide with time, so that without a schedule no stored value is right for long (DESIGN §2).
    package var isServable: Bool { schedule != nil || windowFeatures.isEmpty }

    package var windowFeatures: [FeaturePlan] {
        features.filter { if case .window = $0.computation { true } else { false } }
    }
}
