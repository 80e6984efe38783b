/// What a looked-up value is: Feast's statuses, each used for what it says.
package enum FeatureStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// A value, not NULL.
    case present = "PRESENT"
    /// The feature was computed and is NULL.
    case nullValue = "NULL_VALUE"
    /// Nothing is stored for the entity, or it has no row: counts are 0, other features NULL.
    case notFound = "NOT_FOUND"
    /// The row that gives the value is older than the view's ttl; the value is NULL.
    case outsideMaxAge = "OUTSIDE_MAX_AGE"
    /// An on-demand feature whose expression failed (overflow, a division by zero ...), or a feature whose stored row another
    /// definition wrote; the value is NULL.
    case invalid = "INVALID"
}
