"""Feast's historical features, Parquet: feast_latest.py URL SCHEMA SOCKET SPINE COLUMNS CREATED TTL_SECONDS OUT

SPINE says how it is given: `frame`, a data frame, as Feast's documentation has it; `sql`, which never leaves Postgres.
CREATED is the column that says when a row became known, empty for none.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from arrow_copy import read
from feast import Entity, FeatureStore, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Float64

url, schema, socket, spine, columns, created, ttl, out = sys.argv[1:]
columns = columns.split(",")
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "feature_store.yaml").write_text(f"""
project: bench
provider: local
registry: {folder}/registry.db
online_store: {{type: sqlite, path: {folder}/online.db}}
offline_store: {{type: postgres, host: {socket}, port: 5432, database: asof, db_schema: {schema}, user: asof, password: ''}}
entity_key_serialization_version: 3
""")
    store = FeatureStore(repo_path=folder)
    card = Entity(name="card", join_keys=["card_id"], value_type=ValueType.INT64)
    view = FeatureView(
        name="view_1", entities=[card], ttl=timedelta(seconds=int(ttl)), online=False,
        schema=[Field(name=name, dtype=Float64) for name in columns],
        source=PostgreSQLSource(
            name="features", timestamp_field="occurred_at", created_timestamp_column=created,
            query=f"SELECT {', '.join(['card_id', 'occurred_at', *columns, *filter(None, [created])])} FROM {schema}.bench_features"),
    )
    store.apply([card, view])
    select = f"SELECT card_id, event_timestamp FROM {schema}.bench_spine"
    job = store.get_historical_features(
        entity_df=read(url, [select])[0].to_pandas() if spine == "frame" else select,
        features=[f"view_1:{name}" for name in columns])
    job.to_df().to_parquet(out)
