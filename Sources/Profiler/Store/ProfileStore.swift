import DriftMonitor
import FeatureDefs
import OfflineStore
package import PostgresClient

/// Keeps baselines and profiles in schema `asof`.
package struct ProfileStore: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// Creates the tables where they are missing.
    package func prepare() async throws { try await ProfileSchema.complete(on: connection) }

    // MARK: Baselines

    /// Keeps a baseline with its frames, and profiles of it if there are some. One that is there already under the name is replaced,
    /// its profiles too; what is pinned stays so.
    func keep(_ baseline: Baseline, _ frames: BaselineFrames, profiles: WindowProfiles? = nil) async throws {
        try await connection.transaction {
            try await lock(baseline.name)
            let wasPinned = try await connection.execute(
                "DELETE FROM asof.baselines WHERE project = $1 AND baseline = $2 RETURNING pinned_at::text",
                [.text(project), .text(baseline.name)]
            ).firstCell
            try await connection.execute(
                """
                INSERT INTO asof.baselines
                    (project, baseline, kind, subject, plan_fingerprint, rows, profiled_rows, origin, pinned_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz)
                """,
                [
                    .text(project), .text(baseline.name), .text(baseline.kind.rawValue), .text(baseline.subject),
                    .text(baseline.planFingerprint), .int64(Int64(baseline.rows)), .int64(Int64(baseline.profiledRows)),
                    .text(baseline.origin), wasPinned.map { .text($0) } ?? .null,
                ]
            )
            try await keep(frames, of: baseline.name)
            if let profiles { try await write(profiles, of: baseline.name, source: baseline.kind) }
        }
    }

    private func keep(_ frames: BaselineFrames, of baseline: String) async throws {
        func insert(_ position: Int, _ name: String, _ definition: String, _ kind: String, _ frame: [UInt8]?) async throws {
            try await connection.execute(
                """
                INSERT INTO asof.profile_frames (project, baseline, position, feature, definition, kind, frame)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                [
                    .text(project), .text(baseline), .int64(Int64(position)), .text(name), .text(definition), .text(kind),
                    frame.map { .bytes($0) } ?? .null,
                ]
            )
        }
        try await insert(0, "", frames.definition, "joint", frames.joint.encoded())
        for (index, column) in frames.columns.enumerated() {
            try await insert(
                index + 1, column.column.name, column.column.definition, column.column.kind.rawValue, column.frame?.encoded())
        }
    }

    /// The baselines of a view or service, the oldest first.
    package func baselines(of subject: String, kinds: [Baseline.Kind]) async throws -> [Baseline] {
        try await connection.execute(
            """
            SELECT baseline, kind, subject, plan_fingerprint, rows, profiled_rows, origin,
                (extract(epoch FROM created_at) * 1000000)::int8, pinned_at = max(pinned_at) OVER ()
            FROM asof.baselines WHERE project = $1 AND subject = $2 AND kind = ANY ($3::text[]) ORDER BY created_at, baseline
            """,
            [.text(project), .text(subject), .textArray(kinds.map(\.rawValue))]
        ).rows.compactMap { row in
            guard let name = row[0], let kind = row[1].flatMap(Baseline.Kind.init(rawValue:)), let subject = row[2],
                let plan = row[3], let rows = row[4].flatMap({ Int($0) }), let profiled = row[5].flatMap({ Int($0) }),
                let origin = row[6], let created = row[7].flatMap({ Int64($0) })
            else { return nil }
            return Baseline(
                name: name, kind: kind, subject: subject, planFingerprint: plan, rows: rows, profiledRows: profiled,
                origin: origin, createdAt: Timestamp(microseconds: created), isPinned: row[8] == "t")
        }
    }

    /// The deployed model's baseline: the one named now, or the one named last, or the only one there is; nil when there is none.
    /// Another training set does not move it.
    ///
    /// - Parameter pins: whether the one named now is the deployed one from now on.
    package func pinnedBaseline(ofService service: String, named name: String?, pins: Bool) async throws -> Baseline? {
        let all = try await baselines(of: service, kinds: [.training, .served])
        let known = all.map(\.shortName)
        if let name {
            let fitting = all.filter { $0.name == name || (name.count >= 4 && $0.name.hasPrefix(name)) }
            guard fitting.count == 1, let found = fitting.first else { throw ProfileError.noSuchBaseline(name, known: known) }
            guard pins else { return found }
            try await connection.execute(
                "UPDATE asof.baselines SET pinned_at = clock_timestamp() WHERE project = $1 AND baseline = $2",
                [.text(project), .text(found.name)])
            return found
        }
        if let pinned = all.first(where: \.isPinned) { return pinned }
        let trained = all.filter { $0.kind == .training }
        guard trained.count <= 1 else {
            throw ProfileError.severalBaselines(service: service, known: trained.map(\.shortName))
        }
        return trained.first ?? all.last
    }

    package func frames(of baseline: String) async throws -> BaselineFrames {
        let rows = try await connection.execute(
            """
            SELECT feature, definition, kind, encode(frame, 'hex') FROM asof.profile_frames
            WHERE project = $1 AND baseline = $2 ORDER BY position
            """,
            [.text(project), .text(baseline)]
        ).rows
        var joint: JointFrame?
        var columns: [BaselineFrames.Column] = []
        for row in rows {
            guard let name = row[0], let definition = row[1], let kind = row[2] else { continue }
            let bytes = row[3].flatMap(Self.bytes)
            if kind == "joint" {
                joint = try bytes.map { try JointFrame(decoding: $0) }
            } else if let kind = ProfileKind(rawValue: kind) {
                columns.append(
                    BaselineFrames.Column(
                        column: ProfiledColumn(name: name, definition: definition, kind: kind),
                        frame: try bytes.map { try NumericFrame(decoding: $0) }))
            }
        }
        guard let joint else { throw ProfileError.damaged("the frames of baseline `\(baseline)` are missing; profile again") }
        return BaselineFrames(columns: columns, joint: joint)
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var digits = text.utf8.makeIterator()
        while let high = digits.next(), let low = digits.next() {
            guard let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// One writer of a baseline's profiles at a time.
    func lock(_ baseline: String) async throws {
        try await AdvisoryLock("asof.profile \(project) \(baseline)").holdInTransaction(on: connection)
    }
}
