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
           in_window.f,
           in_window.l
    FROM asof_view_1_points AS p
    CROSS JOIN LATERAL (
        SELECT (array_agg(r.amount ORDER BY r.occurred_at, coalesce(r.ingested_at, r.occurred_at + interval '2 minutes'), r.ingested_at NULLS FIRST, r.amount NULLS FIRST, r.country COLLATE "C" NULLS FIRST))[1] AS f,  -- first(amount) over 7d
               (array_agg(r.country ORDER BY r.occurred_at DESC, coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') DESC, r.ingested_at DESC NULLS LAST, r.amount DESC NULLS LAST, r.country COLLATE "C" DESC NULLS LAST))[1:3] AS l  -- last_n(country, 3) over 7d
        FROM transactions AS r
        WHERE r.card_id = p.asof_key_1
          AND r.occurred_at > p.asof_cut - interval '168 hours'
          AND r.occurred_at <= p.asof_cut
          AND coalesce(r.ingested_at, r.occurred_at + interval '2 minutes') <= p.asof_cut
    ) AS in_window
)
SELECT s.asof_ordinal AS asof_ordinal,
       v1.f AS f,  -- v.f
       v1.l AS l  -- v.l
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = s.asof_timestamp
ORDER BY s.asof_ordinal
