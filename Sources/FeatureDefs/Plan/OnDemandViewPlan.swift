/// A value that the caller sends with a request; in training, the spine column of that name.
package struct RequestInput: Hashable, Sendable, Codable {
    package let name: String
    package let type: FeatureType

    package init(name: String, type: FeatureType) {
        self.name = name
        self.type = type
    }
}

/// A feature computed at request time from other features and request inputs.
package struct OnDemandFeaturePlan: Hashable, Sendable, Codable {
    package let name: String
    package let expression: TypedExpression<OnDemandInput>
    /// nil: as `ValueEquality.standard` has it.
    package let equality: ValueEquality?
    package let notes: DefinitionNotes

    package init(
        name: String, expression: TypedExpression<OnDemandInput>, equality: ValueEquality? = nil, notes: DefinitionNotes
    ) {
        self.name = name
        self.expression = expression
        self.equality = equality
        self.notes = notes
    }
}

/// An on-demand feature view, lowered.
package struct OnDemandViewPlan: Hashable, Sendable, Codable {
    package let name: String
    package let request: [RequestInput]
    package let features: [OnDemandFeaturePlan]
    package let notes: DefinitionNotes

    package init(name: String, request: [RequestInput], features: [OnDemandFeaturePlan], notes: DefinitionNotes) {
        self.name = name
        self.request = request
        self.features = features
        self.notes = notes
    }
}
