import DriftMonitor
import Foundation
import OfflineStore
package import PostgresClient

/// A drift finding that was raised, with what the team has said of it.
package struct KeptFinding: Hashable, Sendable, Codable {
    package let id: Int
    package let feature: String
    /// The statistic that raised it.
    package let kind: String
    package let openedOn: String
    /// nil: nobody has said yet.
    package let isConfirmed: Bool?
}

/// Keeps decisions in a chain of hashes, and findings with the team's feedback.
package struct DecisionLog: Sendable {
    /// What the first record of a project is chained to.
    package static let origin = String(repeating: "0", count: 64)

    private let connection: PostgresConnection
    private let project: String
    /// One writer of the project's chain and findings at a time.
    private var lock: AdvisoryLock { AdvisoryLock("asof.decide \(project)") }

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    package func prepare() async throws { try await DecisionSchema.complete(on: connection) }

    // MARK: Decisions

    /// Appends a record; returns its number and its hash, SHA-256 of the hash before it and its text.
    package func append(_ record: DecisionRecord) async throws -> (id: Int, hash: String) {
        let text = try record.text
        return try await connection.transaction {
            try await lock.holdInTransaction(on: connection)
            let last = try await connection.execute(
                "SELECT hash FROM asof.decisions WHERE project = $1 ORDER BY decision_id DESC LIMIT 1", [.text(project)]
            ).firstCell
            let previous = last ?? Self.origin
            let hash = DecisionRecord.hash(previous + "\n" + text)
            let id = try await connection.execute(
                """
                INSERT INTO asof.decisions (project, service, record, previous_hash, hash) VALUES ($1, $2, $3, $4, $5)
                RETURNING decision_id
                """,
                [.text(project), .text(record.service), .text(text), .text(previous), .text(hash)]
            ).firstCell
            return (id.flatMap { Int($0) } ?? 0, hash)
        }
    }

    /// What is wrong with the chain, record by record; none when each record follows from the one before and decides the same again.
    ///
    /// - Parameter known: the start of a hash that was kept elsewhere. A chain that was cut at its end, or written anew from some record
    ///   on, is whole in itself; that it no longer has the hash is how it is found.
    package func verify(holding known: String? = nil) async throws -> (records: Int, faults: [String]) {
        let rows = try await connection.execute(
            "SELECT decision_id, record, previous_hash, hash, service FROM asof.decisions WHERE project = $1 ORDER BY decision_id",
            [.text(project)]
        ).rows
        var faults: [String] = []
        var previous = Self.origin
        for row in rows {
            guard let id = row[0], let text = row[1], let before = row[2], let hash = row[3] else { continue }
            if before != previous {
                faults.append("decision \(id) does not follow the one before it: a record is missing or was put in")
            }
            if DecisionRecord.hash(before + "\n" + text) != hash {
                faults.append("decision \(id) was changed after it was recorded")
            }
            if let record = try? JSONDecoder().decode(DecisionRecord.self, from: Data(text.utf8)) {
                if record.replayed != record.decision { faults.append("decision \(id), decided again, is another") }
                if record.service != row[4] || record.project != project {
                    faults.append("decision \(id) is filed under another service than its record is of")
                }
            } else {
                faults.append("decision \(id) cannot be read by this asof")
            }
            previous = hash
        }
        if let known, !rows.contains(where: { $0[3]?.hasPrefix(known) ?? false }) {
            faults.append("no decision has the hash \(known): the chain was cut, or written anew")
        }
        return (rows.count, faults)
    }

    // MARK: Findings

    /// Opens a finding for each alert that has none under the baseline yet; returns the open ones of these alerts.
    func open(_ alerts: [DriftReport.Finding], of report: DriftReport) async throws -> [KeptFinding] {
        try await connection.transaction {
            try await lock.holdInTransaction(on: connection)
            for alert in alerts {
                try await connection.execute(
                    """
                    INSERT INTO asof.drift_findings (project, service, feature, kind, baseline, opened_on)
                    SELECT $1, $2, $3, $4, $5, $6
                    WHERE NOT EXISTS (
                        SELECT FROM asof.drift_findings
                        WHERE project = $1 AND service = $2 AND feature = $3 AND kind = $4 AND baseline = $5
                    )
                    """,
                    [
                        .text(project), .text(report.subject), .text(alert.name), .text(alert.statistic.rawValue),
                        .text(report.baseline), .text(report.day),
                    ])
            }
            let names = Set(alerts.map { "\($0.name) \($0.statistic.rawValue)" })
            return try await findings(service: report.subject, baseline: report.baseline)
                .filter { names.contains("\($0.feature) \($0.kind)") }
        }
    }

    /// All findings of a service, or of all; the last feedback counts.
    package func findings(service: String? = nil, baseline: String? = nil) async throws -> [KeptFinding] {
        try await connection.execute(
            """
            SELECT finding_id, feature, kind, opened_on,
                (SELECT is_confirmed FROM asof.finding_feedback AS feedback WHERE feedback.finding_id = drift_findings.finding_id
                 ORDER BY feedback_id DESC LIMIT 1)
            FROM asof.drift_findings
            WHERE project = $1 AND ($2::text IS NULL OR service = $2) AND ($3::text IS NULL OR baseline = $3)
            ORDER BY finding_id
            """,
            [.text(project), service.map { .text($0) } ?? .null, baseline.map { .text($0) } ?? .null]
        ).rows.compactMap { row in
            guard let id = row[0].flatMap({ Int($0) }), let feature = row[1], let kind = row[2], let opened = row[3] else {
                return nil
            }
            return KeptFinding(id: id, feature: feature, kind: kind, openedOn: opened, isConfirmed: row[4].map { $0 == "t" })
        }
    }

    /// Records whether a finding was real; false when there is no finding of that number.
    package func judge(_ id: Int, isConfirmed: Bool, by person: String) async throws -> Bool {
        let inserted = try await connection.execute(
            """
            INSERT INTO asof.finding_feedback (finding_id, is_confirmed, given_by)
            SELECT finding_id, $3, $4 FROM asof.drift_findings WHERE project = $1 AND finding_id = $2
            """,
            [.text(project), .int64(Int64(id)), .bool(isConfirmed), .text(person)])
        return inserted.affectedCount == 1
    }

    /// How many findings of a kind the team has judged, and how many of them it has confirmed.
    package func feedback(ofKind kind: String) async throws -> (judged: Int, confirmed: Int) {
        let judged = try await findings().filter { $0.kind == kind }.compactMap(\.isConfirmed)
        return (judged.count, judged.count { $0 })
    }
}
