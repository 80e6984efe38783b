import FeatureDefs
import PostgresClient

extension Registry {
    /// The number of the project's latest apply; 0 when nothing has been applied.
    package func latestApplyID() async throws -> Int64 {
        guard try await connection.execute(RegistrySchema.exists).firstCell == "t" else { return 0 }
        let cell = try await connection.execute(
            "SELECT coalesce(max(apply_id), 0) FROM asof.applies WHERE project = $1", [.text(project)]
        ).firstCell
        return cell.flatMap { Int64($0) } ?? 0
    }

    /// To be called with the registry's lock held.
    func refuseIfMoved(from base: RegistryBase) async throws {
        switch base {
        case .whatever: return
        case .apply(let applyID):
            guard try await latestApplyID() != applyID else { return }
            let latest = try await latestPlan()
            throw RegistryError.moved(
                applyID: latest.applyID,
                fingerprint: latest.fingerprint,
                appliedBy: latest.appliedBy,
                appliedAt: latest.appliedAt
            )
        }
    }
}
