package import PostgresClient

/// The tables of the served log, in schema `asof`. A part of the registry's, and made or completed also by whoever writes or
/// reads the log first: `apply` may have been run by an older asof.
package enum ServedLogSchema {
    static let script = """
        CREATE TABLE IF NOT EXISTS asof.served_rows (
            served_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project            text NOT NULL,
            service            text NOT NULL,
            plan_fingerprint   text NOT NULL,
            request_id         uuid NOT NULL,
            ordinal            bigint NOT NULL,
            served_at          timestamptz NOT NULL,
            join_keys          text[] NOT NULL,
            request            text[] NOT NULL,
            values             text[] NOT NULL,
            statuses           text[] NOT NULL,
            event_timestamps   timestamptz[] NOT NULL,
            cuts               timestamptz[] NOT NULL,
            sample_probability double precision NOT NULL,
            host               text NOT NULL
        );
        -- What rows of an older asof lack. One element for each view that was read, as in cuts; NULL where no row was.
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS views text[];
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS view_fingerprints text[];
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS runs bigint[];
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS row_events timestamptz[];
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS row_availables timestamptz[];
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS monotonic_microseconds bigint;
        -- By this server's clock, where served_at is by the host's.
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS logged_at timestamptz;
        ALTER TABLE asof.served_rows ALTER COLUMN logged_at SET DEFAULT clock_timestamp();
        -- The transaction, by which a nightly check knows what has come since the last one; NULL in rows of an older asof.
        ALTER TABLE asof.served_rows ADD COLUMN IF NOT EXISTS logged_by xid8;
        ALTER TABLE asof.served_rows ALTER COLUMN logged_by SET DEFAULT pg_current_xact_id();
        CREATE INDEX IF NOT EXISTS served_rows_by_service ON asof.served_rows (project, service, served_at);

        CREATE TABLE IF NOT EXISTS asof.served_log_losses (
            loss_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project     text NOT NULL,
            service     text NOT NULL,
            host        text NOT NULL,
            cause       text NOT NULL,
            rows        bigint NOT NULL,
            first_at    timestamptz NOT NULL,
            last_at     timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        ALTER TABLE asof.served_log_losses ADD COLUMN IF NOT EXISTS logged_by xid8;
        ALTER TABLE asof.served_log_losses ALTER COLUMN logged_by SET DEFAULT pg_current_xact_id();
        CREATE INDEX IF NOT EXISTS served_rows_by_transaction ON asof.served_rows (project, service, logged_by);
        CREATE INDEX IF NOT EXISTS served_log_losses_by_service ON asof.served_log_losses (project, service, last_at);
        """

    /// Creates what is missing. Takes no lock when nothing is.
    package static func complete(on connection: PostgresConnection) async throws {
        guard try await connection.execute(isComplete).firstCell != "t" else { return }
        try await connection.transaction {
            try await RegistrySchema.lock.holdInTransaction(on: connection)
            try await connection.executeScript("CREATE SCHEMA IF NOT EXISTS asof;\n" + script)
        }
    }

    /// The script's columns that an older one lacks, and its last index.
    private static let isComplete = """
        SELECT to_regclass('asof.served_log_losses_by_service') IS NOT NULL AND to_regclass('asof.served_rows_by_transaction') IS NOT NULL AND 3 = (
            SELECT count(*) FROM pg_catalog.pg_attribute
            WHERE attrelid = to_regclass('asof.served_rows') AND attname IN ('monotonic_microseconds', 'logged_at', 'logged_by')
                AND NOT attisdropped
        )
        """
}
