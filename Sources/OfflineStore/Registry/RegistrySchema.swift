import PostgresClient

/// The tables of schema `asof`. Creating them is idempotent; what is recorded in `applies` can be neither changed nor deleted.
enum RegistrySchema {
    /// Held for the length of a transaction by whoever changes the registry: one `apply` at a time.
    static let lock = AdvisoryLock("asof.registry")

    static let exists = "SELECT to_regclass('asof.applies') IS NOT NULL"

    static let script = """
        CREATE SCHEMA IF NOT EXISTS asof;

        CREATE TABLE IF NOT EXISTS asof.applies (
            apply_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project        text NOT NULL,
            fingerprint    text NOT NULL,
            plan           text NOT NULL,
            definitions    text NOT NULL,
            engine_version text NOT NULL,
            applied_by     text NOT NULL,
            applied_at     timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        -- Columns that registries of an older asof lack.
        ALTER TABLE asof.applies ADD COLUMN IF NOT EXISTS code_revision text;
        ALTER TABLE asof.applies ADD COLUMN IF NOT EXISTS reason text;
        ALTER TABLE asof.applies ADD COLUMN IF NOT EXISTS rollback_of bigint;
        CREATE INDEX IF NOT EXISTS applies_by_project ON asof.applies (project, apply_id);

        CREATE OR REPLACE FUNCTION asof.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'asof.% is append-only', TG_TABLE_NAME; END $$;
        CREATE OR REPLACE TRIGGER applies_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON asof.applies
            FOR EACH STATEMENT EXECUTE FUNCTION asof.refuse_change();

        CREATE TABLE IF NOT EXISTS asof.view_fields (
            project  text NOT NULL,
            view     text NOT NULL,
            field_id integer NOT NULL,
            PRIMARY KEY (project, view),
            UNIQUE (project, field_id)
        );
        CREATE TABLE IF NOT EXISTS asof.view_layouts (
            project     text NOT NULL,
            view        text NOT NULL,
            fingerprint text NOT NULL,
            layout_id   integer NOT NULL,
            PRIMARY KEY (project, view, fingerprint),
            UNIQUE (project, layout_id)
        );
        -- Definitions that differ only in what is done when a row is read have the same rows.
        ALTER TABLE asof.view_layouts DROP CONSTRAINT IF EXISTS view_layouts_project_layout_id_key;
        -- What the rows of each layout mean, for ever: readers of other definitions go by it.
        CREATE TABLE IF NOT EXISTS asof.row_layouts (
            project     text NOT NULL,
            layout_id   integer NOT NULL,
            view        text NOT NULL,
            meaning     text NOT NULL,
            assigned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (project, layout_id)
        );
        -- NULL where an older asof gave the number.
        ALTER TABLE asof.view_layouts ADD COLUMN IF NOT EXISTS assigned_at timestamptz;
        ALTER TABLE asof.view_layouts ALTER COLUMN assigned_at SET DEFAULT clock_timestamp();

        CREATE TABLE IF NOT EXISTS asof.materializations (
            run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            project      text NOT NULL,
            view         text NOT NULL,
            fingerprint  text NOT NULL,
            cut          timestamptz NOT NULL,
            started_at   timestamptz NOT NULL,
            finished_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
            rows_written bigint NOT NULL,
            rows_kept    bigint NOT NULL,
            rows_removed bigint NOT NULL
        );
        -- What the next run starts from; NULL in runs of an older asof.
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS layout_id integer;
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS scope text;
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS oldest_open_transaction bigint;
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS next_transaction bigint;
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS storage text;
        ALTER TABLE asof.materializations DROP COLUMN IF EXISTS deleted_rows;
        -- Whether the next run may start from it.
        ALTER TABLE asof.materializations ADD COLUMN IF NOT EXISTS is_base boolean NOT NULL DEFAULT true;
        -- What the last run of each view counted in its source (SourceRowCounts): an element for each bucket of entities.
        CREATE TABLE IF NOT EXISTS asof.source_rows (
            project text NOT NULL,
            view    text NOT NULL,
            cut     timestamptz NOT NULL,
            run_id  bigint NOT NULL,
            settled bigint[] NOT NULL,
            recent  bigint[] NOT NULL,
            PRIMARY KEY (project, view)
        );
        ALTER TABLE asof.source_rows ADD COLUMN IF NOT EXISTS transactions bigint[] NOT NULL DEFAULT '{}';
        -- Entities that pushes wrote online, until a run has seen to them (UnsettledEntities). The digest is of join_keys and keys.
        CREATE TABLE IF NOT EXISTS asof.unsettled_entities (
            project   text NOT NULL,
            view      text NOT NULL,
            digest    bytea NOT NULL,
            join_keys text NOT NULL,
            keys      text[] NOT NULL,
            noted_at  timestamptz NOT NULL,
            PRIMARY KEY (project, view, digest)
        );
        CREATE INDEX IF NOT EXISTS materializations_by_view ON asof.materializations (project, view, cut);
        """ + "\n" + ServedLogSchema.script + "\n" + ProfileSchema.script + "\n"
        + DecisionSchema.script + "\n" + SkewSchema.script
}
