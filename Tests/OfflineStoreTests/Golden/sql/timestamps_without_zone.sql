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
        SELECT r.value AS a,  -- latest value
               r.shown_at AT TIME ZONE 'UTC' AS asof_event_1,
               r.shown_at AT TIME ZONE 'UTC' + interval '1 hours' AS asof_available_1
        FROM clock AS r
        WHERE r.card_id = p.asof_key_1
          AND r.shown_at <= (p.asof_cut) AT TIME ZONE 'UTC'
          AND r.shown_at AT TIME ZONE 'UTC' + interval '1 hours' <= p.asof_cut
        ORDER BY r.shown_at DESC, r.shown_at AT TIME ZONE 'UTC' + interval '1 hours' DESC, r.value DESC NULLS LAST
        LIMIT 1
    ) AS latest_1 ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS n  -- count(*) over 1h
        FROM clock AS r
        WHERE r.card_id = p.asof_key_1
          AND r.shown_at > (p.asof_cut - interval '1 hours') AT TIME ZONE 'UTC'
          AND r.shown_at <= (p.asof_cut) AT TIME ZONE 'UTC'
          AND r.shown_at AT TIME ZONE 'UTC' + interval '1 hours' <= p.asof_cut
    ) AS in_window
)
SELECT s.asof_ordinal AS asof_ordinal,
       v1.a AS a,  -- v.a
       coalesce(v1.n, 0::int8) AS n  -- v.n
FROM pg_temp.asof_spine AS s
LEFT JOIN asof_view_1 AS v1 ON v1.asof_key_1 = s.asof_key_1 AND v1.asof_cut = s.asof_timestamp
ORDER BY s.asof_ordinal
