/// One cell of a view's packed online row: each feature in plan order, then one event timestamp for each latest group.
package enum StoredCell: Hashable, Sendable {
    /// The feature's value. `ttl` is not applied to it: that is judged when it is read.
    case feature(index: Int, type: FeatureType)
    /// The event timestamp of the row that a latest group chose, NULL if none. Index into `latestGroups`.
    case latestEventTimestamp(group: Int)

    package var type: FeatureType {
        switch self {
        case .feature(_, let type): type
        case .latestEventTimestamp: .timestamp
        }
    }
}

extension FeatureViewPlan {
    /// The cells that materialization writes and lookup reads, in order.
    package var storedCells: [StoredCell] {
        features.indices.map { .feature(index: $0, type: features[$0].type) }
            + latestGroups.indices.map { .latestEventTimestamp(group: $0) }
    }
}
