package import PostgresClient

/// The tables of retraining decisions and of what a team says of findings, in schema `asof`. What is recorded can be neither changed nor
/// deleted.
package enum DecisionSchema {
    static let script = """
        CREATE TABLE IF NOT EXISTS asof.decisions (
            decision_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project       text NOT NULL,
            service       text NOT NULL,
            record        text NOT NULL,
            previous_hash text NOT NULL,
            hash          text NOT NULL,
            UNIQUE (project, previous_hash)
        );
        CREATE TABLE IF NOT EXISTS asof.drift_findings (
            finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project    text NOT NULL,
            service    text NOT NULL,
            feature    text NOT NULL,
            kind       text NOT NULL,
            baseline   text NOT NULL,
            opened_on  text NOT NULL,
            opened_at  timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE TABLE IF NOT EXISTS asof.finding_feedback (
            feedback_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            finding_id   bigint NOT NULL REFERENCES asof.drift_findings,
            is_confirmed boolean NOT NULL,
            given_by     text NOT NULL,
            given_at     timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE OR REPLACE TRIGGER decisions_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON asof.decisions
            FOR EACH STATEMENT EXECUTE FUNCTION asof.refuse_change();
        CREATE OR REPLACE TRIGGER drift_findings_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON asof.drift_findings
            FOR EACH STATEMENT EXECUTE FUNCTION asof.refuse_change();
        CREATE OR REPLACE TRIGGER finding_feedback_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON asof.finding_feedback
            FOR EACH STATEMENT EXECUTE FUNCTION asof.refuse_change();
        """

    /// Creates what is missing, in a registry that is there. Takes no lock when nothing is.
    package static func complete(on connection: PostgresConnection) async throws {
        guard try await connection.execute("SELECT to_regclass('asof.finding_feedback') IS NOT NULL").firstCell != "t" else {
            return
        }
        try await connection.transaction {
            try await RegistrySchema.lock.holdInTransaction(on: connection)
            try await connection.executeScript(script)
        }
    }
}
