import FeatureDefs
public import Foundation
import RedisClient

/// The online store for a service written in Swift: features from Redis in one `await`, without a server in between, and the same
/// values as the server's, on-demand features too.
///
/// ```swift
/// let features = try OnlineFeatures(plan: Data(contentsOf: planFile), redis: "redis://localhost:6379")
/// let fraud = try features.service("fraud_v1")
/// let card = try await fraud.lookup(["card_id": 4711], request: ["amount": 9.5])
/// let spend = try card.double("spend_7d")
/// ```
///
/// Shared by any number of tasks, and connected when first used; it outlives restarts of Redis. Calls that overlap share round trips.
public final class OnlineFeatures: Sendable {
    private let lookup: FeatureLookup
    private let connection: RedisConnection

    /// - Parameters:
    ///   - plan: what `asof export` wrote. Definitions that are applied later need a new one.
    ///   - redis: `redis://[user:password@]host[:port][/database]`, `unix:///path`, or the nodes of a cluster, with commas between them.
    ///   - timeout: for each lookup; then it throws `unavailable`.
    public init(plan: Data, redis: String, timeout: Duration = .seconds(2)) throws(OnlineFeaturesError) {
        let serving: ServingPlan
        do { serving = try JSONDecoder().decode(ServingPlan.self, from: plan) } catch {
            throw .invalidPlan("the plan cannot be read; `asof export` of the same version writes it")
        }
        do {
            connection = try RedisConnection.open(
                RedisAddress(redis), timeout: min(timeout, .seconds(1)), commandTimeout: timeout)
        } catch {
            throw .invalidURL("\(error)")
        }
        lookup = FeatureLookup(plan: serving.plan, ids: serving.layouts, connection: connection)
    }

    /// The names of the feature services there are.
    public var services: [String] { lookup.plan.services.map(\.name) }

    /// A feature service, prepared for lookups: ask for it once, not for each lookup.
    public func service(_ name: String) throws(OnlineFeaturesError) -> OnlineFeatureService {
        do throws(LookupError) {
            return OnlineFeatureService(lookup, try lookup.prepare(service: name))
        } catch {
            throw .request("\(error)")
        }
    }

    /// Some features, each as `view:feature`, prepared for lookups.
    public func features(_ names: [String]) throws(OnlineFeaturesError) -> OnlineFeatureService {
        var references: [FeatureReference] = []
        for name in names {
            let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .request("feature `\(name)` is not of the form `view:feature`") }
            references.append(FeatureReference(view: String(parts[0]), feature: String(parts[1])))
        }
        do throws(LookupError) {
            return OnlineFeatureService(lookup, try lookup.prepare(features: references))
        } catch {
            throw .request("\(error)")
        }
    }

    /// Runs the tasks that prefer it on the connection's own thread: `withTaskExecutorPreference(features.executor) { ... }`. For services
    /// that do little else than look up: what they do there must be short. nil for a cluster.
    public var executor: (any TaskExecutor)? { connection.executor }
}

/// Why there are no features.
public enum OnlineFeaturesError: Error, Hashable, Sendable, CustomStringConvertible {
    case invalidPlan(String)
    case invalidURL(String)
    /// The caller's mistake: an unknown service, a missing key, a value of another type.
    case request(String)
    /// Redis did not answer, or not in time. Trying again may help.
    case unavailable(String)

    public var description: String {
        switch self {
        case .invalidPlan(let text), .invalidURL(let text), .request(let text), .unavailable(let text): text
        }
    }
}
