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
           in_window.v,
           in_window.s
    FROM asof_view_1_points AS p
    CROSS JOIN LATERAL (
        SELECT (count(r.quantity::int8) * sum(r.quantity::int8::numeric * r.quantity::int8::numeric) - sum(r.quantity::int8) * sum(r.quantity::int8))::float8 / nullif(count(r.quantity::int8) * (count(r.quantity::int8) - 1), 0)::float8 AS v,  -- variance(quantity) over 7d
               (
            SELECT stddev_samp(above_least - mean)
            FROM (
                SELECT above_least, avg(above_least) OVER () AS mean
                FROM (
                    SELECT value - min(value) OVER () AS above_least
                    FROM unnest(array_agg(r.amount) FILTER (WHERE r.is_chip)) AS value
                ) AS shifted
            ) AS deviations
        ) AS s  -- stddev(amount) over 7d where is_chip
        FROM (
            SELECT r.amount, r.ingested_at, r.is_chip, r.occurred_at, r.quantity
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
       v1.v AS v,  -- v.v
       v1.s AS s  -- v.s
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = s.asof_timestamp
ORDER BY s.asof_ordinal
