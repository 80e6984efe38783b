WITH -- v, at each distinct (keys, cut) of the spine
asof_view_1_points AS MATERIALIZED (
    SELECT DISTINCT
           s.asof_key_1 AS asof_key_1,  -- card_id
           s.asof_timestamp AS asof_cut
    FROM pg_temp.asof_spine AS s
    WHERE s.asof_key_1 IS NOT NULL AND s.asof_timestamp IS NOT NULL
    ORDER BY asof_key_1, asof_cut
),
asof_view_1 AS MATERIALIZED (
    SELECT p.asof_key_1,
           p.asof_cut,
           in_window.spend,
           in_window.n
    FROM asof_view_1_points AS p
    CROSS JOIN LATERAL (
        SELECT sum(r.amount) AS spend,  -- sum(amount) over 7d
               count(*) AS n  -- count(*) over 7d
        FROM (
            SELECT r.amount, r.ingested_at, r.occurred_at
            FROM transactions AS r
            WHERE r.card_id = p.asof_key_1
              AND r.occurred_at > p.asof_cut - interval '168 hours'
              AND r.occurred_at <= p.asof_cut
              AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
            ORDER BY r.occurred_at, coalesce(r.ingested_at, r.occurred_at + interval '2 minutes'), r.amount
        ) AS r
    ) AS in_window
)
SELECT s.asof_ordinal AS asof_ordinal,
       v1.spend AS spend,  -- v.spend
       d1.mean AS mean,  -- ratio.mean
       d2.vs_mean AS vs_mean  -- ratio.vs_mean
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = s.asof_timestamp
CROSS JOIN LATERAL (SELECT v1.spend / nullif(coalesce(v1.n, 0::int8), 0)::float8 AS mean) AS d1
CROSS JOIN LATERAL (SELECT s.asof_request_1 / nullif(d1.mean, 0.0) AS vs_mean) AS d2
ORDER BY s.asof_ordinal
