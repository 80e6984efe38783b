package import FeatureDefs
import PostgresClient

/// One apply, as the history lists it.
package struct ApplyRecord: Hashable, Sendable {
    package let applyID: Int64
    package let fingerprint: String
    package let appliedAt: Timestamp
    package let note: ApplyNote
    /// The plan's canonical text.
    package let definitions: String
}

extension Registry {
    /// The project's applies, newest first.
    package func history(limit: Int? = nil) async throws -> [ApplyRecord] {
        try await records("WHERE project = $1 ORDER BY apply_id DESC LIMIT $2", [limit.map { .int64(Int64($0)) } ?? .null])
    }

    /// Every apply, oldest first: which plan was the newest from when on.
    package func applied() async throws -> [(fingerprint: String, at: Timestamp)] {
        let rows = try await connection.execute(
            """
            SELECT fingerprint, (extract(epoch FROM applied_at) * 1000000)::int8 FROM asof.applies
            WHERE project = $1 ORDER BY apply_id
            """,
            [.text(project)]
        ).rows
        return rows.compactMap { row in
            guard let fingerprint = row[0], let at = row[1].flatMap({ Int64($0) }) else { return nil }
            return (fingerprint, Timestamp(microseconds: at))
        }
    }

    /// The last record of the plan whose fingerprint starts like this.
    package func record(fingerprintPrefix prefix: String) async throws -> ApplyRecord {
        let records = try await records(
            "WHERE project = $1 AND starts_with(fingerprint, $2) ORDER BY apply_id DESC", [.text(prefix.lowercased())])
        guard let latest = records.first, !prefix.isEmpty else {
            throw RegistryError.unknownFingerprint(project: project, fingerprint: prefix)
        }
        let candidates = Set(records.map(\.fingerprint)).sorted()
        guard candidates.count == 1 else { throw RegistryError.ambiguousFingerprint(prefix, candidates: candidates) }
        return latest
    }

    /// Records an old plan anew, if the database still has what it reads. Views whose definition comes back get a new
    /// layout, so that no online row written in between is misread. Returns nil when that plan is what is applied.
    package func rollBack(to record: ApplyRecord, note: ApplyNote, base: RegistryBase) async throws -> AppliedPlan? {
        let plan = try await plan(fingerprint: record.fingerprint).plan
        let catalogue = try await CatalogueReader(connection: connection).read(plan.sourceRequests)
        let misfits = plan.misfits(in: catalogue)
        guard misfits.isEmpty else {
            throw RegistryError.catalogueMoved(fingerprint: record.fingerprint, misfits: misfits)
        }
        var note = note
        note.rollbackOf = record.applyID
        return try await apply(plan, note: note, base: base)
    }

    /// By way of JSON, since the registry of an older asof, which reading does not change, lacks the later columns.
    private func records(_ condition: String, _ parameters: [PostgresParameter]) async throws -> [ApplyRecord] {
        guard try await connection.execute(RegistrySchema.exists).firstCell == "t" else {
            throw RegistryError.nothingApplied(project: project)
        }
        let rows = try await connection.execute(
            """
            SELECT apply_id, fingerprint, (extract(epoch FROM applied_at) * 1000000)::int8, applied_by, engine_version,
                row ->> 'code_revision', row ->> 'reason', row ->> 'rollback_of', definitions
            FROM (SELECT *, to_jsonb(applies) - 'plan' - 'definitions' AS row FROM asof.applies) AS applies \(condition)
            """,
            [.text(project)] + parameters
        ).rows
        return rows.compactMap { row in
            guard let applyID = row[0].flatMap({ Int64($0) }), let fingerprint = row[1],
                let appliedAt = row[2].flatMap({ Int64($0) }), let appliedBy = row[3], let engineVersion = row[4],
                let definitions = row[8]
            else { return nil }
            return ApplyRecord(
                applyID: applyID,
                fingerprint: fingerprint,
                appliedAt: Timestamp(microseconds: appliedAt),
                note: ApplyNote(
                    appliedBy: appliedBy, engineVersion: engineVersion, codeRevision: row[5], reason: row[6],
                    rollbackOf: row[7].flatMap { Int64($0) }),
                definitions: definitions
            )
        }
    }
}
