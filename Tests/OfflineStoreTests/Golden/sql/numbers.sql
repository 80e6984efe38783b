WITH -- v, at each distinct (keys, cut) of the spine
asof_view_1_points AS MATERIALIZED (
    SELECT DISTINCT
           s.asof_key_1 AS asof_key_1,  -- card_id
           date_bin(interval '15 minutes', s.asof_timestamp, timestamptz 'epoch') AS asof_cut  -- every 15m, served 0s later
    FROM pg_temp.asof_spine AS s
    WHERE s.asof_key_1 IS NOT NULL AND s.asof_timestamp IS NOT NULL
    ORDER BY asof_key_1, asof_cut
),
asof_view_1 AS MATERIALIZED (
    SELECT p.asof_key_1,
           p.asof_cut,
           in_window.sum_float,
           in_window.sum_int,
           in_window.mean_float,
           in_window.mean_int,
           in_window."least",
           in_window."greatest"
    FROM asof_view_1_points AS p
    CROSS JOIN LATERAL (
        SELECT sum(r.amount) AS sum_float,  -- sum(amount) over 7d
               sum(r.quantity::int8)::int8 AS sum_int,  -- sum(quantity) over 7d
               sum(r.amount) / count(r.amount) AS mean_float,  -- mean(amount) over 7d
               sum(r.quantity::int8) FILTER (WHERE r.occurred_at > p.asof_cut - interval '24 hours')::float8 / count(r.quantity::int8) FILTER (WHERE r.occurred_at > p.asof_cut - interval '24 hours') AS mean_int,  -- mean(quantity) over 1d
               min(r.amount) AS "least",  -- min(amount) over 7d
               max(r.country COLLATE "C") AS "greatest"  -- max(country) over 7d
        FROM (
            SELECT r.amount, r.country, r.ingested_at, r.occurred_at, r.quantity
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
       v1.sum_float AS sum_float,  -- v.sum_float
       v1.sum_int AS sum_int,  -- v.sum_int
       v1.mean_float AS mean_float,  -- v.mean_float
       v1.mean_int AS mean_int,  -- v.mean_int
       v1."least" AS "least",  -- v.least
       v1."greatest" AS "greatest"  -- v.greatest
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = date_bin(interval '15 minutes', s.asof_timestamp, timestamptz 'epoch')
ORDER BY s.asof_ordinal
