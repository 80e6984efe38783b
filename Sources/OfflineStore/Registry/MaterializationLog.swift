package import FeatureDefs
package import PostgresClient

/// One finished run of one view, for the record.
package struct MaterializationRun: Hashable, Sendable {
    package let view: String
    package let fingerprint: String
    package let cut: Timestamp
    package let startedAt: Timestamp
    package let rowsWritten: Int
    /// Rows that were not written, since the online store already held a newer one.
    package let rowsKept: Int
    /// Rows of entities that no longer have any, which were removed.
    package let rowsRemoved: Int

    package init(
        view: String,
        fingerprint: String,
        cut: Timestamp,
        startedAt: Timestamp,
        rowsWritten: Int,
        rowsKept: Int,
        rowsRemoved: Int
    ) {
        self.view = view
        self.fingerprint = fingerprint
        self.cut = cut
        self.startedAt = startedAt
        self.rowsWritten = rowsWritten
        self.rowsKept = rowsKept
        self.rowsRemoved = rowsRemoved
    }
}

/// The record of materializations, `asof.materializations`.
package struct MaterializationLog: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    package func record(_ run: MaterializationRun) async throws {
        try await connection.execute(
            """
            INSERT INTO asof.materializations
                (project, view, fingerprint, cut, started_at, rows_written, rows_kept, rows_removed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(project), .text(run.view), .text(run.fingerprint),
                .timestamptz(microseconds: run.cut.microseconds), .timestamptz(microseconds: run.startedAt.microseconds),
                .int64(Int64(run.rowsWritten)), .int64(Int64(run.rowsKept)), .int64(Int64(run.rowsRemoved)),
            ]
        )
    }
}
