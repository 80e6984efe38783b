/// What a night is held against (monitoring.md §2.4).
package enum DriftReference: String, CaseIterable, Hashable, Sendable, Codable {
    /// The training set of the deployed model: what differs from it matters to the model.
    case training
    /// The same weekday of the four weeks before: what differs from it is new.
    case week
}
