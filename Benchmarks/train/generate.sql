-- A spine and a feature table for the training benchmark, the same for the same settings.
--
--   psql -v schema=headline -v spine_rows=1000000 -v feature_rows=2000000 -v keys=10000 -v days=30 -f generate.sql
--
-- Rows lie in the order in which they happened, as an events table that is only appended to has them. Keys and values are
-- hashes of the row's number, so that the data depends on nothing but the settings. One row in 50 of the features comes up to
-- an hour late (`created_at`), the others within a second. More than one of `tables`: bench_features_2 and so on, of other rows.
-- More of `width` than three values: v4, v5 and so on.
\set ON_ERROR_STOP on
\if :{?schema}       \else \set schema public        \endif
\if :{?spine_rows}   \else \set spine_rows 1000000   \endif
\if :{?feature_rows} \else \set feature_rows 2000000 \endif
\if :{?keys}         \else \set keys 10000           \endif
\if :{?days}         \else \set days 30              \endif
\if :{?tables}       \else \set tables 1             \endif
\if :{?width}        \else \set width 3              \endif

SET TimeZone = 'UTC';
SET client_min_messages = warning;
BEGIN;
DROP SCHEMA IF EXISTS :"schema" CASCADE;
CREATE SCHEMA :"schema";
SET LOCAL search_path = :"schema";

SELECT format(
    $create$
        CREATE TABLE %1$I AS
        SELECT card_id, occurred_at,
               occurred_at + CASE WHEN h3 %% 50 = 0 THEN h3 %% 3600000000 ELSE h3 %% 1000000 END * interval '1 microsecond' AS created_at,
               (h2 %% 1000000) / 100.0::float8 AS amount, (h3 %% 100000000) / 1000.0::float8 AS balance,
               (h2 %% 1000003) / 1000003.0::float8 AS score%2$s
        FROM (
            SELECT abs(hashint8extended(i, %3$s + 1)) %% %4$s AS card_id,
                   '2024-01-01 00:00:00Z'::timestamptz + i * (%5$s * 86400000000 / %6$s) * interval '1 microsecond'
                       + abs(hashint8extended(i, %3$s + 4)) %% 1000000 * interval '1 microsecond' AS occurred_at,
                   abs(hashint8extended(i, %3$s + 2)) AS h2, abs(hashint8extended(i, %3$s + 3)) AS h3
            FROM generate_series(0::int8, %6$s - 1) AS i
        ) AS rows
    $create$,
    'bench_features' || CASE WHEN number = 1 THEN '' ELSE '_' || number END,
    (SELECT coalesce(string_agg(format(', (h3 %% %s) / 7.0::float8 AS v%s', 1000003 + column_number, column_number), ''), '')
     FROM generate_series(4, :width) AS column_number),
    (number - 1) * 100, :keys, :days, :feature_rows)
FROM generate_series(1, :tables) AS number
\gexec

CREATE TABLE bench_spine AS
SELECT abs(hashint8extended(i, 5)) % :keys AS card_id,
       '2024-01-01 00:00:00Z'::timestamptz
           + abs(hashint8extended(i, 6)) % (:days * 86400000000) * interval '1 microsecond' AS event_timestamp
FROM generate_series(0::int8, :spine_rows - 1) AS i;

SELECT format('CREATE INDEX ON %I (card_id, occurred_at)', relname)
FROM pg_class WHERE relnamespace = :'schema'::regnamespace AND relkind = 'r' AND relname <> 'bench_spine'
\gexec
COMMIT;

SELECT format('VACUUM (ANALYZE, FREEZE) %I.%I', :'schema', relname)
FROM pg_class WHERE relnamespace = :'schema'::regnamespace AND relkind = 'r'
\gexec
