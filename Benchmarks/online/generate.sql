-- Five tables of 50 float features for the online benchmark, one row for each of `entities` cards, the same for the same settings.
--
--   psql -v entities=10000 -f generate.sql
\set ON_ERROR_STOP on
\if :{?entities} \else \set entities 10000 \endif

SET TimeZone = 'UTC';
SELECT setseed(0.5);
SELECT format(
    'CREATE TABLE bench_online_%s AS SELECT card_id, timestamptz ''2024-01-01'' + card_id * interval ''1 second'' AS occurred_at, '
    || 'timestamptz ''2024-01-01'' + card_id * interval ''1 second'' AS created_at, %s FROM generate_series(0::int8, %s) AS card_id',
    view,
    (SELECT string_agg(format('random() * 1000 AS f%s_%s', view, feature), ', ' ORDER BY feature) FROM generate_series(0, 49) AS feature),
    :entities - 1)
FROM generate_series(0, 4) AS view \gexec
SELECT format('ALTER TABLE bench_online_%s ADD PRIMARY KEY (card_id)', view) FROM generate_series(0, 4) AS view \gexec
SELECT format('ANALYZE bench_online_%s', view) FROM generate_series(0, 4) AS view \gexec
