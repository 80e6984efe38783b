-- The flights table, from the CSV on standard input: zcat flights_2001q1.csv.gz | psql URL -f load.sql
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
DROP TABLE IF EXISTS flights;
CREATE TABLE flights (
    flight_id      bigint,
    departed_at    timestamptz,
    delay_minutes  bigint,
    known_at       timestamptz,
    distance_miles bigint,
    origin         text,
    destination    text
);
\copy flights FROM PSTDIN WITH (FORMAT csv, HEADER)
CREATE INDEX ON flights (origin, departed_at);
ANALYZE flights;
