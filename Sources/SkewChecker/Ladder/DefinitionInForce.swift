import FeatureDefs

/// A plan that was applied while the service was still served by an older one, and until when it was the newest.
struct DefinitionInForce: Sendable {
    let service: CheckedService
    let from: Timestamp
    let until: Timestamp

    func covers(_ instant: Timestamp) -> Bool { from <= instant && instant < until }
}
