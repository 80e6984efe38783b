import FeatureDefs
import OfflineStore

/// What `asof plan` hands to `asof apply --plan`: the registry's state, and the plan that is to follow it.
///
///     3-1f6a09c2b7de
struct PlanToken: Hashable, Sendable, CustomStringConvertible {
    /// The latest apply; 0 when there was none.
    let base: Int64
    /// The start of the new plan's fingerprint.
    let fingerprintPrefix: String

    init(base: Int64, plan: Plan) {
        self.base = base
        fingerprintPrefix = String(plan.fingerprint.prefix(12))
    }

    /// nil when the text is no token.
    init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let base = Int64(parts[0]), base >= 0, parts[1].count == 12, parts[1].allSatisfy(\.isHexDigit)
        else { return nil }
        self.base = base
        fingerprintPrefix = parts[1].lowercased()
    }

    var description: String { "\(base)-\(fingerprintPrefix)" }
}
