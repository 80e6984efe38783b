"""COPY out, DuckDB's ASOF join, Parquet: duckdb_latest.py URL SCHEMA COLUMNS TTL_SECONDS OUT"""

import sys

import duckdb
from arrow_copy import read_shape

url, schema, columns, ttl, out = sys.argv[1:]
columns = columns.split(",")
spine, features = read_shape(url, schema, columns)
duck = duckdb.connect()
duck.execute("SET preserve_insertion_order = false")
values = ", ".join(
    f"CASE WHEN f.occurred_at >= s.event_timestamp - INTERVAL {int(ttl)} SECOND THEN f.{name} END AS {name}" for name in columns)
duck.execute(f"""
    COPY (
        SELECT s.card_id, s.event_timestamp, {values}
        FROM spine AS s ASOF LEFT JOIN features AS f ON s.card_id = f.card_id AND s.event_timestamp >= f.occurred_at
    ) TO '{out}' (FORMAT parquet)
""")
