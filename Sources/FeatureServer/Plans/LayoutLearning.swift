import Logging
import OnlineStore
import ServiceLifecycle

/// Looks up the layouts of the served plan's rows anew when a row of an unknown one is met: another plan has been applied, and rows
/// are being written under it. The plan that is served stays; of the new rows it reads the features that mean the same under both.
struct LayoutLearning: Service {
    /// At most one look at the registry in so long; when it tells nothing new, or nothing at all, the next one can wait.
    private static let interval = Duration.seconds(1)
    private static let longInterval = Duration.seconds(10)

    let hints: LayoutHints
    /// The plan with its layouts as they are now.
    let learn: @Sendable (ServedPlan) async throws -> ServedPlan
    let current: @Sendable () -> ServedPlan
    /// Serves the second plan, unless another than the first is served by now.
    let install: @Sendable (_ plan: ServedPlan, _ insteadOf: ServedPlan) throws -> Void
    let logger: Logger

    func run() async throws {
        for await _ in hints.stream.cancelOnGracefulShutdown() {
            let isNew = await learnOnce()
            try? await Task.sleep(for: isNew ? Self.interval : Self.longInterval)
        }
    }

    /// Whether there was something to learn.
    private func learnOnce() async -> Bool {
        let served = current()
        do {
            let plan = try await learn(served)
            guard plan.lookup.ids != served.lookup.ids else { return false }
            try install(plan, served)
            logger.notice("rows of newly applied definitions are there; what they have in common with the served plan is read")
            return true
        } catch {
            logger.error("cannot look up the layouts of stored rows", metadata: ["error": "\(error)"])
            return false
        }
    }
}

/// Tells that a row of an unknown layout was met; never waits, and one hint stands for many.
struct LayoutHints: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func note(_ unreadable: [String: PackedRowError]) {
        for case .otherLayout in unreadable.values {
            continuation.yield()
            return
        }
    }
}
