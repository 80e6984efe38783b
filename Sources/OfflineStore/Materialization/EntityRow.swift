package import FeatureDefs

/// One entity's values of a feature view as of a cut, as the offline store computed them.
package struct EntityRow: Hashable, Sendable {
    /// The view's join keys, in order; none is NULL.
    package let keys: [FeatureValue]
    /// The view's `storedCells`, in order.
    package let cells: [FeatureValue]
    /// The newest event among the rows that the `latest` features chose; `-infinity` when there is none.
    package let event: Timestamp
    /// When that event became available.
    package let available: Timestamp
    /// Whether the entity has a visible row. Without one there is nothing to store, and what is stored is to go.
    package let hasRows: Bool
}
