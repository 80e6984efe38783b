/// What a project has, as its users ask for it: names, who owns them, how they are computed, who reads them.
package struct Inventory: Hashable, Sendable, Codable {
    package let project: String
    package let entities: [InventoryEntity]
    package let sources: [InventorySource]
    package let featureViews: [InventoryView]
    package let onDemandViews: [InventoryOnDemandView]
    package let services: [InventoryService]
}

package struct InventoryKey: Hashable, Sendable, Codable {
    package let name: String
    package let type: FeatureType
}

package struct InventoryEntity: Hashable, Sendable, Codable {
    package let name: String
    package let notes: DefinitionNotes
    package let joinKeys: [InventoryKey]
    package let featureViews: [String]
}

/// A source that a feature view reads; the plan knows no others, and no notes of any.
package struct InventorySource: Hashable, Sendable, Codable {
    package let name: String
    /// `table transactions` or the query.
    package let relation: String
    package let eventTimestamp: String
    package let createdTimestamp: String?
    package let delay: String
    package let featureViews: [String]
}

package struct InventoryView: Hashable, Sendable, Codable {
    package let name: String
    package let notes: DefinitionNotes
    package let fingerprint: String
    package let entities: [String]
    package let joinKeys: [InventoryKey]
    package let source: String
    package let filter: String?
    package let schedule: InventorySchedule?
    package let ttl: String?
    package let isServable: Bool
    package let features: [InventoryFeature]
    package let services: [String]
    /// nil when the view has never been materialized.
    package let lastMaterialization: InventoryFreshness?
}

package struct InventorySchedule: Hashable, Sendable, Codable {
    package let every: String
    package let lag: String
}

/// How fresh a view's online rows are.
package struct InventoryFreshness: Hashable, Sendable, Codable {
    /// The instant as of which they were computed.
    package let cut: String
    package let finishedAt: String
    /// Whether they were computed by the definition at hand, with none applied in between.
    package let isOfThisDefinition: Bool
    /// How long ago the next run was due, `1h5m`; nil when none is, or the view has no schedule.
    package let lateBy: String?

    /// - Parameter schedule: the view's.
    package init(
        cut: Timestamp, finishedAt: Timestamp, isOfThisDefinition: Bool, schedule: Schedule?, now: Timestamp
    ) {
        self.cut = cut.description
        self.finishedAt = finishedAt.description
        self.isOfThisDefinition = isOfThisDefinition
        lateBy = schedule.flatMap { schedule in
            let due = cut + schedule.every + schedule.lag
            guard due < now else { return nil }
            let second: Int64 = 1_000_000
            return Period(microseconds: (now.microseconds - due.microseconds) / second * second).description
        }
    }
}

package struct InventoryFeature: Hashable, Sendable, Codable {
    package let name: String
    package let type: FeatureType
    package let notes: DefinitionNotes
    /// As a person would write it.
    package let computation: String
    /// The on-demand features that read it directly.
    package let readBy: [String]
    /// The services that serve it itself.
    package let services: [String]
}

package struct InventoryOnDemandView: Hashable, Sendable, Codable {
    package let name: String
    package let notes: DefinitionNotes
    package let request: [InventoryKey]
    package let features: [InventoryFeature]
    package let services: [String]
}

package struct InventoryService: Hashable, Sendable, Codable {
    package let name: String
    package let notes: DefinitionNotes
    package let features: [InventoryServedFeature]
    /// What a lookup has to send.
    package let joinKeys: [InventoryKey]
    package let request: [InventoryKey]
    package let featureViews: [String]
    package let logSample: Double?
}

package struct InventoryServedFeature: Hashable, Sendable, Codable {
    /// What the service calls it: `origin.last_delay`.
    package let name: String
    /// `airport_delays.last_delay`
    package let feature: String
    /// The caller's columns for join keys, where they have names of their own.
    package let columns: JoinKeyMap?
}
