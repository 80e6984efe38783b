/// Where a feature comes from and where it goes: a graph from source columns by way of features to services.
package struct Lineage: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case column, request, feature
        case onDemandFeature = "on_demand_feature"
        case service
    }

    package struct Node: Hashable, Sendable, Codable {
        /// Unique in the graph: `column transactions.amount`.
        package let id: String
        package let kind: Kind
        package let name: String
        /// nil for a service.
        package let type: FeatureType?
        /// How it is computed, for a feature; the table or query, for a column.
        package let detail: String?
    }

    /// What the one end is to the other.
    package enum Role: String, Hashable, Sendable, Codable, CaseIterable {
        /// The value is computed from it.
        case value
        /// The feature's filter or its view's reads it.
        case filter
        case joinKey = "join_key"
        case eventTimestamp = "event_timestamp"
        case createdTimestamp = "created_timestamp"
        /// The service serves it.
        case member
    }

    /// From what is read to what reads it.
    package struct Edge: Hashable, Sendable, Codable {
        package let from: String
        package let to: String
        package let role: Role
        /// What the reader calls what it reads, where that is not its own name: `origin.last_delay`.
        package let name: String?
    }

    /// The feature that was asked for.
    package let feature: String
    package let nodes: [Node]
    package let edges: [Edge]

    package func node(_ id: String) -> Node? { nodes.first { $0.id == id } }
}
