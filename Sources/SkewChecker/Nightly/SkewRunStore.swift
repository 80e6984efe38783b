import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient

/// `asof.skew_runs` and `asof.skew_watermarks`.
struct SkewRunStore {
    let connection: PostgresConnection
    let project: String

    func complete() async throws {
        try await ServedLog(connection: connection, project: project).complete()
        try await SkewSchema.complete(on: connection)
    }

    func begin(service: String?, scope: [SkewScope]) async throws -> SkewRun {
        let id = try await connection.execute(
            "INSERT INTO asof.skew_runs (project, service, scope) VALUES ($1, $2, $3) RETURNING run_id",
            [.text(project), service.map { .text($0) } ?? .null, .text(try CanonicalJSON.text(of: scope))]
        ).firstCell.flatMap { Int64($0) }
        guard let id else { throw PostgresError(.protocolMismatch, "Postgres gave the run no number") }
        return SkewRun(id: id, service: service, scope: scope, progress: nil)
    }

    /// Oldest first.
    func unfinished() async throws -> [SkewRun] {
        let rows = try await connection.execute(
            """
            UPDATE asof.skew_runs SET resumed_at = clock_timestamp() WHERE project = $1 AND finished_at IS NULL
            RETURNING run_id, service, scope, encode(progress, 'base64')
            """,
            [.text(project)]
        ).rows
        return try rows.compactMap { row -> SkewRun? in
            guard let id = row[0].flatMap({ Int64($0) }), let scope = row[2] else { return nil }
            return SkewRun(
                id: id, service: row[1], scope: try JSONDecoder().decode([SkewScope].self, from: Data(scope.utf8)),
                progress: row[3].flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }.flatMap { data in
                    try? PropertyListDecoder().decode(SkewProgress.self, from: data)
                })
        }.sorted { $0.id < $1.id }
    }

    func keep(_ progress: SkewProgress, of run: SkewRun) async throws {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        try await connection.execute(
            "UPDATE asof.skew_runs SET progress = $2 WHERE run_id = $1",
            [.int64(run.id), .bytes([UInt8](try encoder.encode(progress)))])
    }

    /// By service, up to where its log is checked.
    func watermarks() async throws -> [String: ServedLogState] {
        let rows = try await connection.execute(
            "SELECT service, state FROM asof.skew_watermarks WHERE project = $1", [.text(project)]
        ).rows
        var marks: [String: ServedLogState] = [:]
        for row in rows {
            guard let service = row[0], let state = row[1] else { continue }
            marks[service] = try JSONDecoder().decode(ServedLogState.self, from: Data(state.utf8))
        }
        return marks
    }

    /// The report of the newest finished run, of one service or of all; nil when there is none, or an asof of another version wrote it.
    func last(of service: String?) async throws -> SkewDocument? {
        let text = try await connection.execute(
            """
            SELECT report FROM asof.skew_runs
            WHERE project = $1 AND service IS NOT DISTINCT FROM $2::text AND finished_at IS NOT NULL
            ORDER BY run_id DESC LIMIT 1
            """,
            [.text(project), service.map { .text($0) } ?? .null]
        ).firstCell
        return text.flatMap { try? JSONDecoder().decode(SkewDocument.self, from: Data($0.utf8)) }
    }

    /// Records the run, its findings and how far the log is checked, all or nothing.
    func finish(_ run: SkewRun, _ report: SkewReport) async throws -> SkewDocument {
        let previous = try await last(of: run.service)
        return try await connection.transaction {
            let findings = try await SkewFindings(connection: connection, project: project).update(by: report, run: run)
            let document = report.document(run: run.id, changes: .init(from: previous, to: report, findings))
            for part in run.scope {
                guard case .logged(_, let end) = part.range else { continue }
                try await connection.execute(
                    """
                    INSERT INTO asof.skew_watermarks (project, service, state, run_id) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (project, service) DO UPDATE SET state = excluded.state, run_id = excluded.run_id
                    """,
                    [.text(project), .text(part.service), .text(try CanonicalJSON.text(of: end)), .int64(run.id)])
            }
            try await connection.execute(
                """
                UPDATE asof.skew_runs SET finished_at = clock_timestamp(), progress = NULL, verdict = $2, report = $3
                WHERE run_id = $1
                """,
                [.int64(run.id), .text(document.verdict.rawValue), .text(try CanonicalJSON.text(of: document))])
            return document
        }
    }
}
