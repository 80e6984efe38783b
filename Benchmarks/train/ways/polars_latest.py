"""COPY out, Polars' join_asof, Parquet: polars_latest.py URL SCHEMA COLUMNS TTL_SECONDS OUT"""

import sys

import polars
from arrow_copy import read_shape

url, schema, columns, ttl, out = sys.argv[1:]
spine, features = map(polars.from_arrow, read_shape(url, schema, columns.split(",")))
spine.lazy().sort("event_timestamp").join_asof(
    features.lazy().sort("occurred_at"), left_on="event_timestamp", right_on="occurred_at", by="card_id",
    strategy="backward", tolerance=f"{ttl}s", coalesce=True, check_sortedness=False,
).select("card_id", "event_timestamp", *columns.split(",")).sink_parquet(out)
