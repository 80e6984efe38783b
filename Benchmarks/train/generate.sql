-- A spine and a feature table for the training benchmark, the same for the same settings.
--
--   psql -v spine_rows=1000000 -v feature_rows=2000000 -v keys=10000 -v days=30 -f generate.sql
--
-- Rows lie in the order in which they happened, as an events table that is only appended to has them. Keys and values are
-- hashes of the row's number, so that the data depends on nothing but the settings. One row in 50 of the features comes up to
-- an hour late (`created_at`), the others within a second.
\set ON_ERROR_STOP on
\if :{?spine_rows}   \else \set spine_rows 1000000   \endif
\if :{?feature_rows} \else \set feature_rows 2000000 \endif
\if :{?keys}         \else \set keys 10000           \endif
\if :{?days}         \else \set days 30              \endif

SET TimeZone = 'UTC';
BEGIN;
DROP TABLE IF EXISTS bench_features, bench_spine;

CREATE TABLE bench_features (
    card_id int8 NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    amount float8 NOT NULL,
    balance float8 NOT NULL,
    score float8 NOT NULL
);

INSERT INTO bench_features
SELECT card_id, occurred_at,
       occurred_at + CASE WHEN h3 % 50 = 0 THEN h3 % 3600000000 ELSE h3 % 1000000 END * interval '1 microsecond',
       (h2 % 1000000) / 100.0, (h3 % 100000000) / 1000.0, (h2 % 1000003) / 1000003.0
FROM (
    SELECT abs(hashint8extended(i, 1)) % :keys AS card_id,
           '2024-01-01 00:00:00Z'::timestamptz + i * (:days * 86400000000 / :feature_rows) * interval '1 microsecond'
               + abs(hashint8extended(i, 4)) % 1000000 * interval '1 microsecond' AS occurred_at,
           abs(hashint8extended(i, 2)) AS h2, abs(hashint8extended(i, 3)) AS h3
    FROM generate_series(0::int8, :feature_rows - 1) AS i
) AS rows;

CREATE TABLE bench_spine (
    card_id int8 NOT NULL,
    event_timestamp timestamptz NOT NULL
);

INSERT INTO bench_spine
SELECT abs(hashint8extended(i, 5)) % :keys,
       '2024-01-01 00:00:00Z'::timestamptz
           + abs(hashint8extended(i, 6)) % (:days * 86400000000) * interval '1 microsecond'
FROM generate_series(0::int8, :spine_rows - 1) AS i;

CREATE INDEX ON bench_features (card_id, occurred_at);
COMMIT;
VACUUM (ANALYZE, FREEZE) bench_features;
VACUUM (ANALYZE, FREEZE) bench_spine;
