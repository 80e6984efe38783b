package import PostgresClient

/// The tables of profiles, in schema `asof`. A part of the registry's, and made also by whoever profiles first.
package enum ProfileSchema {
    static let script = """
        -- What profiles are measured in and compared with: a training set's, or the first profiles of a view or service.
        CREATE TABLE IF NOT EXISTS asof.baselines (
            project          text NOT NULL,
            baseline         text NOT NULL,
            kind             text NOT NULL,
            subject          text NOT NULL,
            plan_fingerprint text NOT NULL,
            rows             bigint NOT NULL,
            profiled_rows    bigint NOT NULL,
            origin           text NOT NULL,
            created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
            pinned_at        timestamptz,
            PRIMARY KEY (project, baseline)
        );
        -- Position 0 is the joint frame.
        CREATE TABLE IF NOT EXISTS asof.profile_frames (
            project    text NOT NULL,
            baseline   text NOT NULL,
            position   integer NOT NULL,
            feature    text NOT NULL,
            definition text NOT NULL,
            kind       text NOT NULL,
            frame      bytea,
            PRIMARY KEY (project, baseline, position),
            FOREIGN KEY (project, baseline) REFERENCES asof.baselines ON DELETE CASCADE
        );
        -- Feature '' is the joint profile.
        CREATE TABLE IF NOT EXISTS asof.profiles (
            project      text NOT NULL,
            baseline     text NOT NULL,
            source       text NOT NULL,
            slice        text NOT NULL DEFAULT '',
            window_start timestamptz NOT NULL,
            feature      text NOT NULL,
            definition   text NOT NULL,
            rows         bigint NOT NULL,
            state        bytea NOT NULL,
            profiled_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (project, baseline, source, slice, window_start, feature, definition),
            FOREIGN KEY (project, baseline) REFERENCES asof.baselines ON DELETE CASCADE
        );
        """

    /// Creates what is missing. Takes no lock when nothing is.
    package static func complete(on connection: PostgresConnection) async throws {
        guard try await connection.execute("SELECT to_regclass('asof.profiles') IS NOT NULL").firstCell != "t" else { return }
        try await connection.transaction {
            try await RegistrySchema.lock.holdInTransaction(on: connection)
            try await connection.executeScript("CREATE SCHEMA IF NOT EXISTS asof;\n" + script)
        }
    }
}
