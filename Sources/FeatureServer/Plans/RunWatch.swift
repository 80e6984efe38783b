import FeatureDefs
import Logging
import OnlineStore
import RedisClient
import ServiceLifecycle

/// Looks once a second whether Redis still has what was materialized, also while nobody asks for features: so the newest runs are known
/// when it loses something. When it has, the registry is asked whether it is that which was put back to an earlier state.
struct RunWatch: Service {
    private static let interval = Duration.seconds(1)
    /// Between two looks at the registry, in intervals.
    private static let patience = 10

    let current: @Sendable () -> ServedPlan
    /// The runs on record.
    let recorded: (@Sendable () async throws -> [RecordedRun])?
    let timeout: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var lastWord: String?
            var looks = 0
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let complaint = await look()
                if complaint != lastWord { tell(complaint) }
                lastWord = complaint
                looks = complaint == nil ? 0 : looks + 1
                if looks % Self.patience == 1 { await askTheRegistry() }
            }
        }
    }

    /// What is wrong; nil when nothing is, or when Redis is away, which requests tell.
    private func look() async -> String? {
        do throws(RedisError) {
            try await current().lookup.requireMaterializedRows(timeout: timeout)
            return nil
        } catch {
            switch error.code {
            case .rowsLost: return error.message
            case .serverError:
                return "\(error.message): unless the marks of runs can be read, lookups cannot tell lost rows from missing ones"
            default: return nil
            }
        }
    }

    private func tell(_ complaint: String?) {
        if let complaint { logger.error("\(complaint)") } else { logger.notice("Redis has what was materialized again") }
    }

    private func askTheRegistry() async {
        guard let runs = try? await recorded?() else { return }
        current().lookup.expect(runs)
    }
}
