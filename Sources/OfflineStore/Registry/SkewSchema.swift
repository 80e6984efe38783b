package import PostgresClient

/// The tables of nightly skew checks, in schema `asof`: the runs with their reports, up to where the log is checked, and the findings.
package enum SkewSchema {
    static let script = """
        CREATE TABLE IF NOT EXISTS asof.skew_runs (
            run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project     text NOT NULL,
            -- NULL: all services.
            service     text,
            started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
            resumed_at  timestamptz,
            finished_at timestamptz,
            -- What is checked, as JSON: for each service which rows of the log.
            scope       text NOT NULL,
            -- How far an unfinished run is.
            progress    bytea,
            verdict     text,
            -- report.json
            report      text
        );
        CREATE INDEX IF NOT EXISTS skew_runs_by_project ON asof.skew_runs (project, run_id);
        CREATE TABLE IF NOT EXISTS asof.skew_watermarks (
            project text NOT NULL,
            service text NOT NULL,
            -- What of the log was committed when the run began, as JSON (ServedLogState).
            state   text NOT NULL,
            run_id  bigint NOT NULL REFERENCES asof.skew_runs,
            PRIMARY KEY (project, service)
        );
        CREATE TABLE IF NOT EXISTS asof.skew_findings (
            finding_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project     text NOT NULL,
            service     text NOT NULL,
            feature     text NOT NULL,
            cause       text NOT NULL,
            opened_run  bigint NOT NULL REFERENCES asof.skew_runs,
            opened_at   timestamptz NOT NULL,
            seen_run    bigint NOT NULL REFERENCES asof.skew_runs,
            seen_at     timestamptz NOT NULL,
            -- Runs that found it, and the values in all of them.
            nights      bigint NOT NULL,
            count       bigint NOT NULL,
            -- When it was last seen: the share of values.
            rate        double precision NOT NULL,
            -- Values compared since without one, as independent ones count.
            clean       double precision NOT NULL DEFAULT 0,
            closed_run  bigint REFERENCES asof.skew_runs,
            closed_at   timestamptz,
            closed_why  text
        );
        CREATE UNIQUE INDEX IF NOT EXISTS skew_findings_open ON asof.skew_findings (project, service, feature, cause)
            WHERE closed_run IS NULL;
        CREATE TABLE IF NOT EXISTS asof.skew_finding_nights (
            finding_id bigint NOT NULL REFERENCES asof.skew_findings,
            run_id     bigint NOT NULL REFERENCES asof.skew_runs,
            count      bigint NOT NULL,
            compared   bigint NOT NULL,
            PRIMARY KEY (finding_id, run_id)
        );
        """

    /// Creates what is missing, in a registry that is there. Takes no lock when nothing is.
    package static func complete(on connection: PostgresConnection) async throws {
        let isThere = try await connection.execute("SELECT to_regclass('asof.skew_finding_nights') IS NOT NULL").firstCell
        guard isThere != "t" else { return }
        try await connection.transaction {
            try await RegistrySchema.lock.holdInTransaction(on: connection)
            try await connection.executeScript("CREATE SCHEMA IF NOT EXISTS asof;\n" + script)
        }
    }
}
