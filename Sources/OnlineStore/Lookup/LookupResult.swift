package import FeatureDefs

/// The answer to a lookup: one value for each feature and row, each with what it is.
package struct LookupResult: Sendable {
    /// For each feature of the selection, in its order, one element for each row.
    package internal(set) var features: [[ServedFeature]]
    /// For each joined view of the selection, the version of each row's stored row; nil where there is none that can be read.
    package internal(set) var versions: [[RowVersion?]]
    /// Rows that are in Redis but could not be read; their features are NULL and INVALID. By feature view, the last reason for
    /// each.
    package internal(set) var undecodable: [String: PackedRowError] = [:]
}
