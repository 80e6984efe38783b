package import FeatureDefs
import OfflineStore

/// A view that a run is to fill the online store with.
package struct MaterializationTarget: Hashable, Sendable {
    package let view: FeatureViewPlan
    package let ids: ViewLayoutIDs
    /// What the source's rows must keep to for a run to take them in; nil when there is nothing.
    package let gate: SourceExpectations?

    package init(view: FeatureViewPlan, ids: ViewLayoutIDs, gate: SourceExpectations? = nil) {
        self.view = view
        self.ids = ids
        self.gate = gate
    }
}

/// Why a view cannot be materialized.
package enum MaterializationError: Error, Hashable, Sendable, CustomStringConvertible {
    case notServable(view: String, features: [String])

    /// An expression of the view failed on some row: division by zero, overflow, the logarithm of a negative.
    case computationFailed(view: String, reason: String)

    /// Redis was emptied, restarted or replaced while the run wrote, or another run took its place.
    case onlineStoreLostRows(view: String)

    /// What is pushed was computed so late that a run may already count on its having been written.
    case tookTooLong(view: String)

    package static func notServable(_ view: FeatureViewPlan) -> Self {
        .notServable(view: view.name, features: view.windowFeatures.map(\.name))
    }

    package var description: String {
        switch self {
        case .computationFailed(let view, let reason):
            "computing `\(view)` failed: \(reason); guard the expression, for instance with nullif(x, 0) or case when"
        case .onlineStoreLostRows(let view):
            "Redis lost rows of `\(view)` while they were written (it was emptied, restarted or replaced), or another run has begun; run it again: "
                + "`asof materialize \(view)` finds what is missing"
        case .tookTooLong(let view):
            "`\(view)` took over \(UnsettledEntities.longestPush.components.seconds) seconds to compute, so nothing was written online; push again"
        case .notServable(let view, let features):
            "`\(view)` has window features (\(features.joined(separator: ", "))) and no schedule: a stored value would be "
                + "wrong a moment later. Give the view `schedule: {every: ..., lag: ...}`, or keep it for training only"
        }
    }

    /// Whether the same push may succeed later.
    var isTransient: Bool {
        switch self {
        case .tookTooLong, .onlineStoreLostRows: true
        case .notServable, .computationFailed: false
        }
    }
}
