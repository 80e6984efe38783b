"""COPY out of Postgres as the peers do it best: ADBC takes binary COPY straight into Arrow. Two tables on two connections at once."""

from concurrent.futures import ThreadPoolExecutor

import adbc_driver_postgresql.dbapi as adbc
import pyarrow


def _read(url: str, select: str) -> pyarrow.Table:
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(select)
        return cursor.fetch_arrow_table()


def read(url: str, selects: list[str]) -> list[pyarrow.Table]:
    with ThreadPoolExecutor(len(selects)) as threads:
        return list(threads.map(lambda select: _read(url, select), selects))


def read_shape(url: str, schema: str, columns: list[str]) -> list[pyarrow.Table]:
    """The spine and the features, with what a join needs of them."""
    return read(url, [
        f"SELECT card_id, event_timestamp FROM {schema}.bench_spine",
        f"SELECT card_id, occurred_at, {', '.join(columns)} FROM {schema}.bench_features",
    ])
