package import FeatureDefs
import PostgresClient

/// What the record of materializations knows of a view.
package struct ViewFreshness: Hashable, Sendable {
    /// The greatest cut that was materialized.
    package let cut: Timestamp
    package let finishedAt: Timestamp
    /// Of the definition that the run computed.
    package let fingerprint: String
    /// The most rows that a run has found, written or kept: how many keys the view has online.
    package let keys: Int
    /// Whether the definition has kept its layout since: after one that came in between, its rows cannot be read any more.
    package let hasKeptLayout: Bool
}

extension MaterializationLog {
    /// The latest run of each view, by view name; empty where nothing has been applied or materialized.
    package func latest() async throws -> [String: ViewFreshness] {
        guard try await connection.execute("SELECT to_regclass('asof.materializations') IS NOT NULL").firstCell == "t" else {
            return [:]
        }
        let rows = try await connection.execute(
            """
            SELECT DISTINCT ON (view) view, fingerprint, (extract(epoch FROM cut) * 1000000)::int8,
                (extract(epoch FROM finished_at) * 1000000)::int8, max(rows_written + rows_kept) OVER (PARTITION BY view),
                coalesce(finished_at >= (to_jsonb(layout) ->> 'assigned_at')::timestamptz, true)
            FROM asof.materializations AS run LEFT JOIN asof.view_layouts AS layout USING (project, view, fingerprint)
            WHERE project = $1
            ORDER BY view, run.cut DESC, run_id DESC
            """,
            [.text(project)]
        ).rows
        var latest: [String: ViewFreshness] = [:]
        for row in rows {
            guard let view = row[0], let fingerprint = row[1], let cut = row[2].flatMap({ Int64($0) }),
                let finishedAt = row[3].flatMap({ Int64($0) }), let keys = row[4].flatMap({ Int($0) })
            else { continue }
            latest[view] = ViewFreshness(
                cut: Timestamp(microseconds: cut), finishedAt: Timestamp(microseconds: finishedAt), fingerprint: fingerprint,
                keys: keys, hasKeptLayout: row[5] == "t")
        }
        return latest
    }
}
