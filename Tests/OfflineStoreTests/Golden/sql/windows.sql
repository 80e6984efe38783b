WITH -- v, at each distinct (keys, cut) of the spine
asof_view_1_points AS MATERIALIZED (
    SELECT DISTINCT
           s.asof_key_1 AS asof_key_1,  -- card_id
           date_bin(interval '1 hours', s.asof_timestamp - interval '5 minutes', timestamptz 'epoch') AS asof_cut  -- every 1h, served 5m later
    FROM pg_temp.asof_spine AS s
    WHERE s.asof_key_1 IS NOT NULL AND s.asof_timestamp IS NOT NULL
    ORDER BY asof_key_1, asof_cut
),
asof_view_1 AS MATERIALIZED (
    SELECT p.asof_key_1,
           p.asof_cut,
           in_window.n,
           in_window.n_short,
           in_window.known,
           in_window.countries,
           in_window.abroad
    FROM asof_view_1_points AS p
    CROSS JOIN LATERAL (
        SELECT count(*) AS n,  -- count(*) over 7d
               count(*) FILTER (WHERE r.occurred_at > p.asof_cut - interval '24 hours') AS n_short,  -- count(*) over 1d
               count(r.country) AS known,  -- count(country) over 7d
               count(DISTINCT r.country COLLATE "C") AS countries,  -- distinct_count(country) over 7d
               count(*) FILTER (WHERE r.country COLLATE "C" <> r.home_country::text) AS abroad  -- count(*) over 7d where country <> home_country
        FROM transactions AS r
        WHERE r.card_id = p.asof_key_1
          AND r.occurred_at > p.asof_cut - interval '168 hours'
          AND r.occurred_at <= p.asof_cut
          AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
          AND r.status = 'settled'
    ) AS in_window
)
SELECT s.asof_ordinal AS asof_ordinal,
       coalesce(v1.n, 0::int8) AS n,  -- v.n
       coalesce(v1.n_short, 0::int8) AS n_short,  -- v.n_short
       coalesce(v1.known, 0::int8) AS known,  -- v.known
       coalesce(v1.countries, 0::int8) AS countries,  -- v.countries
       coalesce(v1.abroad, 0::int8) AS abroad  -- v.abroad
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = date_bin(interval '1 hours', s.asof_timestamp - interval '5 minutes', timestamptz 'epoch')
ORDER BY s.asof_ordinal
