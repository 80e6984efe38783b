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
           latest_1.a,
           in_window.n,
           latest_1.asof_event_1,
           latest_1.asof_available_1
    FROM asof_view_1_points AS p
    LEFT JOIN LATERAL (
        SELECT r.amount AS a,  -- latest amount
               r.occurred_at AS asof_event_1,
               coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') AS asof_available_1
        FROM transactions AS r
        WHERE r.card_id = p.asof_key_1
          AND r.occurred_at <= p.asof_cut
          AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
        ORDER BY r.occurred_at DESC, coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') DESC, r.ingested_at DESC NULLS LAST, r.amount DESC NULLS LAST
        LIMIT 1
    ) AS latest_1 ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS n  -- count(*) over 7d
        FROM transactions AS r
        WHERE r.card_id = p.asof_key_1
          AND r.occurred_at > p.asof_cut - interval '168 hours'
          AND r.occurred_at <= p.asof_cut
          AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
    ) AS in_window
)
SELECT s.asof_ordinal AS asof_ordinal,
       v1.a AS a,  -- v.a
       coalesce(v1.n, 0::int8) AS n  -- v.n
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = s.asof_timestamp
ORDER BY s.asof_ordinal
