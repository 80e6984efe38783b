import FeatureDefs
import Logging
import OnlineStore
import Synchronization

/// A plan made ready: everything that requests need, computed once. Swapped whole, so that a request sees one plan.
final class LoadedPlan: Sendable {
    let served: ServedPlan
    var fingerprint: String { served.fingerprint }
    let handler: OnlineFeaturesHandler
    let pushes: PushHandler
    /// The bodies of `GET /features` and `GET /services`.
    let featuresCatalogue: [UInt8]
    let servicesCatalogue: [UInt8]

    init(_ served: ServedPlan, in surroundings: OnlineFeaturesHandler.Surroundings, logger: Logger) throws {
        self.served = served
        handler = OnlineFeaturesHandler(served, in: surroundings)
        pushes = PushHandler(
            plan: served.lookup.plan, receiver: served.pushes, metrics: surroundings.metrics,
            largestBatch: surroundings.largestBatch, logger: logger)
        let inventory = served.lookup.plan.inventory()
        featuresCatalogue = Array(try CanonicalJSON.text(of: FeaturesCatalogue(inventory)).utf8)
        servicesCatalogue = Array(try CanonicalJSON.text(of: ServicesCatalogue(inventory)).utf8)
    }
}

/// The plan that is served at the moment.
final class CurrentPlan: Sendable {
    private let plan: Mutex<LoadedPlan>

    init(_ plan: LoadedPlan) {
        self.plan = Mutex(plan)
    }

    var value: LoadedPlan { plan.withLock { $0 } }

    func replace(with plan: LoadedPlan) {
        self.plan.withLock { $0 = plan }
    }

    /// Nothing when another than the old one has been installed meanwhile.
    func replace(_ old: ServedPlan, with plan: LoadedPlan) {
        self.plan.withLock { if $0.served.lookup === old.lookup { $0 = plan } }
    }
}
