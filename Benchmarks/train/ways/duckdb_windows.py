"""COPY out, windows by DuckDB's SQL, Parquet: duckdb_windows.py URL SCHEMA WINDOWS STYLE OUT

WINDOWS is 1h=3600,...; STYLE is one of the two ways that SQL has, of which the faster counts:
  frames  spine and features in one list, an aggregate over a RANGE frame for each window
  prefix  running sums of the features, an ASOF join for each bound of a window (sums are differences, so less exact)
"""

import sys

import duckdb
from arrow_copy import read_shape

url, schema, windows, style, out = sys.argv[1:]
windows = {name: int(seconds) * 1_000_000 for name, seconds in (window.split("=") for window in windows.split(","))}
spine, features = read_shape(url, schema, ["amount"])
duck = duckdb.connect()
duck.execute("SET preserve_insertion_order = false")

if style == "frames":
    # A window has the instants e with t - W < e <= t; in whole microseconds that is from t - W + 1 on.
    frames = ",\n".join(
        f"w{name} AS (PARTITION BY card_id ORDER BY t RANGE BETWEEN {length - 1} PRECEDING AND CURRENT ROW)"
        for name, length in windows.items())
    values = ", ".join(
        f"count(amount) OVER w{name} AS count_{name}, sum(amount) OVER w{name} AS sum_{name}, avg(amount) OVER w{name} AS mean_{name}"
        for name in windows)
    query = f"""
        SELECT * EXCLUDE (t, amount, is_spine) FROM (
            SELECT card_id, event_timestamp, t, amount, is_spine, {values}
            FROM (
                SELECT card_id, event_timestamp, epoch_us(event_timestamp) AS t, NULL::DOUBLE AS amount, true AS is_spine FROM spine
                UNION ALL
                SELECT card_id, occurred_at, epoch_us(occurred_at), amount, false FROM features
            )
            WINDOW {frames}
        ) WHERE is_spine
    """
else:
    joins = "\n".join(
        f"ASOF LEFT JOIN running AS r{name} ON s.card_id = r{name}.card_id AND s.t - {length} >= r{name}.t"
        for name, length in windows.items())
    def values(name: str) -> str:
        rows = f"coalesce(r.rows, 0) - coalesce(r{name}.rows, 0)"
        total = f"coalesce(r.total, 0) - coalesce(r{name}.total, 0)"
        return (f"{rows} AS count_{name}, CASE WHEN {rows} > 0 THEN {total} END AS sum_{name}, "
                f"CASE WHEN {rows} > 0 THEN ({total}) / ({rows}) END AS mean_{name}")
    query = f"""
        WITH running AS MATERIALIZED (
            SELECT card_id, epoch_us(occurred_at) AS t, row_number() OVER w AS rows, sum(amount) OVER w AS total
            FROM features
            WINDOW w AS (PARTITION BY card_id ORDER BY occurred_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        )
        SELECT s.card_id, s.event_timestamp, {", ".join(values(name) for name in windows)}
        FROM (SELECT *, epoch_us(event_timestamp) AS t FROM spine) AS s
        ASOF LEFT JOIN running AS r ON s.card_id = r.card_id AND s.t >= r.t
        {joins}
    """
duck.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")
