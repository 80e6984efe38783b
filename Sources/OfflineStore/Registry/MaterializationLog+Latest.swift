package import FeatureDefs
import PostgresClient

/// What the record of materializations knows of a view.
package struct ViewFreshness: Hashable, Sendable {
    /// The greatest cut that was materialized.
    package let cut: Timestamp
    package let finishedAt: Timestamp
    /// The most rows that a run has found, written or kept: how many keys the view has online.
    package let keys: Int
    /// The layout of the rows that the run wrote; nil when an older asof made it.
    package let layout: UInt32?
}

extension MaterializationLog {
    /// Of each view the newest run whose rows must be online, and, where that has only just ended, the one before as well. Something
    /// has been applied.
    package func runsOnline() async throws -> [RecordedRun] {
        // Redis is told of a run right after Postgres: whoever tells it takes less than 10 s to. In an older registry, which has no
        // `is_base` yet, any run was one to start from.
        let rows = try await connection.execute(
            """
            SELECT view, max(run_id), ceil(extract(epoch FROM greatest(interval '0', settles_in)) * 1000)::int8
            FROM (
                SELECT view, run_id, finished_at + interval '10 s' - clock_timestamp() AS settles_in
                FROM asof.materializations AS recorded
                WHERE project = $1 AND coalesce((to_jsonb(recorded) ->> 'is_base')::bool, true)
            ) AS run GROUP BY view, settles_in > interval '0', 3
            """,
            [.text(project)]
        ).rows
        return rows.compactMap { row in
            guard let view = row[0], let number = row[1].flatMap({ UInt32($0) }), let wait = row[2].flatMap({ Int($0) })
            else { return nil }
            return RecordedRun(view: view, number: number, settlesIn: .milliseconds(wait))
        }
    }

    /// The latest run of each view, by view name; empty where nothing has been applied or materialized.
    package func latest() async throws -> [String: ViewFreshness] {
        guard try await connection.execute("SELECT to_regclass('asof.materializations') IS NOT NULL").firstCell == "t" else {
            return [:]
        }
        let rows = try await connection.execute(
            """
            SELECT DISTINCT ON (view) view, (to_jsonb(run) ->> 'layout_id')::int8, (extract(epoch FROM cut) * 1000000)::int8,
                (extract(epoch FROM finished_at) * 1000000)::int8, max(rows_written + rows_kept) OVER (PARTITION BY view)
            FROM asof.materializations AS run
            WHERE project = $1
            ORDER BY view, run.cut DESC, run_id DESC
            """,
            [.text(project)]
        ).rows
        var latest: [String: ViewFreshness] = [:]
        for row in rows {
            guard let view = row[0], let cut = row[2].flatMap({ Int64($0) }),
                let finishedAt = row[3].flatMap({ Int64($0) }), let keys = row[4].flatMap({ Int($0) })
            else { continue }
            latest[view] = ViewFreshness(
                cut: Timestamp(microseconds: cut), finishedAt: Timestamp(microseconds: finishedAt), keys: keys,
                layout: row[1].flatMap { UInt32($0) })
        }
        return latest
    }
}
