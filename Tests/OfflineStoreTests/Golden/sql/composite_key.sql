WITH -- v, at each distinct (keys, cut) of the spine
asof_view_1_points AS MATERIALIZED (
    SELECT DISTINCT
           s.asof_key_1 AS asof_key_1,  -- merchant
           s.asof_key_2 AS asof_key_2,  -- branch
           s.asof_timestamp AS asof_cut
    FROM pg_temp.asof_spine AS s
    WHERE s.asof_key_1 IS NOT NULL AND s.asof_key_2 IS NOT NULL AND s.asof_timestamp IS NOT NULL
    ORDER BY asof_key_1, asof_key_2, asof_cut
),
asof_view_1 AS MATERIALIZED (
    SELECT p.asof_key_1,
           p.asof_key_2,
           p.asof_cut,
           latest_1.a,
           latest_1.asof_event_1,
           latest_1.asof_available_1
    FROM asof_view_1_points AS p
    LEFT JOIN LATERAL (
        SELECT r.amount AS a,  -- latest amount
               r.occurred_at AS asof_event_1,
               coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') AS asof_available_1
        FROM transactions AS r
        WHERE r.merchant = p.asof_key_1
          AND r.branch = p.asof_key_2
          AND r.occurred_at <= p.asof_cut
          AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
        ORDER BY r.occurred_at DESC, coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') DESC, r.ingested_at DESC NULLS LAST, r.amount DESC NULLS LAST
        LIMIT 1
    ) AS latest_1 ON true
)
SELECT s.asof_ordinal AS asof_ordinal,
       v1.a AS a  -- v.a
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_key_2 = s.asof_key_2 AND v1.asof_cut = s.asof_timestamp
ORDER BY s.asof_ordinal
