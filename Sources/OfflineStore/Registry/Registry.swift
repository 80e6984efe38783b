package import FeatureDefs
import Foundation
package import PostgresClient

/// The record, in schema `asof` of the offline store, of what has been applied: append-only, who and when.
package struct Registry: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// Records a plan and gives its views their online numbers, all or nothing. Returns nil, and records nothing, when the
    /// latest record is the same. One that differs in descriptions only, or was written by another version of asof, is
    /// recorded under the same fingerprint.
    ///
    /// Refuses with `RegistryError.moved` when `base` is no longer the latest state: of two applies at once, one wins.
    package func apply(_ plan: Plan, note: ApplyNote, base: RegistryBase = .whatever) async throws -> AppliedPlan? {
        let json = try CanonicalJSON.text(of: plan)
        return try await connection.transaction {
            try await RegistrySchema.lock.holdInTransaction(on: connection)
            try await connection.executeScript(RegistrySchema.script)
            let latest = try await connection.execute(
                "SELECT plan FROM asof.applies WHERE project = $1 ORDER BY apply_id DESC LIMIT 1",
                [.text(project)]
            ).firstCell
            guard latest != json else { return nil }
            try await refuseIfMoved(from: base)
            try await connection.execute(
                """
                INSERT INTO asof.applies
                    (project, fingerprint, plan, definitions, engine_version, applied_by, code_revision, reason, rollback_of)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(project), .text(plan.fingerprint), .text(json), .text(plan.canonicalText),
                    .text(note.engineVersion), .text(note.appliedBy), note.codeRevision.map { .text($0) } ?? .null,
                    note.reason.map { .text($0) } ?? .null, note.rollbackOf.map { .int64($0) } ?? .null,
                ]
            )
            let numbers = OnlineNumbers(connection: connection, project: project)
            if let latest { try await numbers.explainLayouts(ofPlan: latest) }
            for view in plan.featureViews { try await numbers.assign(to: view) }
            return try await latestPlan()
        }
    }

    package func apply(_ plan: Plan, appliedBy: String, engineVersion: String) async throws -> AppliedPlan? {
        try await apply(plan, note: ApplyNote(appliedBy: appliedBy, engineVersion: engineVersion))
    }

    /// The plan applied last.
    package func latestPlan() async throws -> AppliedPlan {
        guard try await connection.execute(RegistrySchema.exists).firstCell == "t" else {
            throw RegistryError.nothingApplied(project: project)
        }
        let rows = try await connection.execute(
            "\(Self.selection) WHERE project = $1 ORDER BY apply_id DESC LIMIT 1",
            [.text(project)]
        )
        guard let applied = try await decode(rows) else { throw RegistryError.nothingApplied(project: project) }
        return applied
    }

    /// The last record of a plan with that fingerprint.
    package func plan(fingerprint: String) async throws -> AppliedPlan {
        let rows = try await connection.execute(
            "\(Self.selection) WHERE project = $1 AND fingerprint = $2 ORDER BY apply_id DESC LIMIT 1",
            [.text(project), .text(fingerprint)]
        )
        guard let applied = try await decode(rows) else {
            throw RegistryError.unknownFingerprint(project: project, fingerprint: fingerprint)
        }
        return applied
    }

    /// The online numbers of the plan's views as they are now: those of a plan that is applied already, with all layouts that have come
    /// since.
    package func layouts(of plan: Plan) async throws -> [String: ViewLayoutIDs] {
        try await OnlineNumbers(connection: connection, project: project).layouts(of: plan)
    }

    // MARK: Records

    private static let selection = """
        SELECT apply_id, fingerprint, plan, engine_version, applied_by, (extract(epoch FROM applied_at) * 1000000)::int8
        FROM asof.applies
        """

    private func decode(_ rows: PostgresRows) async throws -> AppliedPlan? {
        guard let row = rows.rows.first, let applyID = row[0].flatMap({ Int64($0) }), let fingerprint = row[1],
            let json = row[2], let engineVersion = row[3], let appliedBy = row[4],
            let appliedAt = row[5].flatMap({ Int64($0) })
        else { return nil }
        guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(json.utf8)) else {
            throw RegistryError.unreadablePlan(applyID: applyID, engineVersion: engineVersion)
        }
        return AppliedPlan(
            applyID: applyID,
            plan: plan,
            fingerprint: fingerprint,
            appliedBy: appliedBy,
            appliedAt: Timestamp(microseconds: appliedAt),
            layouts: try await layouts(of: plan)
        )
    }
}
