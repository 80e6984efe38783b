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
            var last = Finding.whole
            var looks = 0
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let finding = await look()
                if finding == .away { continue }
                if finding != last { tell(finding) }
                last = finding
                looks = finding == .whole ? 0 : looks + 1
                if looks % Self.patience == 1 { await askTheRegistry() }
            }
        }
    }

    private enum Finding: Hashable {
        case whole
        case wrong(String)
        /// Redis cannot be asked, which requests tell.
        case away
    }

    private func look() async -> Finding {
        do throws(RedisError) {
            try await current().lookup.requireMaterializedRows(timeout: timeout)
            return .whole
        } catch {
            switch error.code {
            case .rowsLost: return .wrong(error.message)
            case .serverError:
                return .wrong(
                    "\(error.message): unless the marks of runs can be read, lookups cannot tell lost rows from missing ones")
            default: return .away
            }
        }
    }

    private func tell(_ finding: Finding) {
        switch finding {
        case .whole: logger.notice("Redis has what was materialized again")
        case .wrong(let complaint): logger.error("\(complaint)")
        case .away: break
        }
    }

    private func askTheRegistry() async {
        guard let runs = try? await recorded?() else { return }
        current().lookup.expect(runs)
    }
}
