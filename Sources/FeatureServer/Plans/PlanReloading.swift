import Logging
import ServiceLifecycle
import UnixSignals

/// Loads the plan anew on SIGHUP. Requests in flight end with the plan they began with; when loading fails, the old
/// plan stays.
struct PlanReloading: Service {
    let reload: @Sendable () async throws -> ServedPlan
    let install: @Sendable (ServedPlan) throws -> Void
    let metrics: ServerMetrics
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let plan = try await reload()
                try install(plan)
                metrics.countReload(isWell: true)
                logger.notice("serving plan \(plan.fingerprint.prefix(12)) from now on")
            } catch {
                metrics.countReload(isWell: false)
                logger.error("cannot load the plan; the old one is served on", metadata: ["error": "\(error)"])
            }
        }
    }
}
