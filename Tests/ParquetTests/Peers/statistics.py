"""statistics.py FILE: writes FILE.statistics, what pyarrow finds said of each chunk; and checks that filters, which skip what the
statistics rule out, find what a scan finds."""
import datetime
import math
import struct
import sys
import uuid

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
path = sys.argv[1]


def text(value):
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        return "x" + value.hex()
    return str(int(value)) if isinstance(value, bool) else str(value)


connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
# pyarrow does not say whether bounds are exact.
exactness = {
    (group, column): f" {low} {high}" for group, column, low, high in connection.execute(
        "SELECT row_group_id, column_id, min_is_exact, max_is_exact FROM parquet_metadata(?)", [path]).fetchall()
}

lines = []
metadata = pq.read_metadata(path)
for group in range(metadata.num_row_groups):
    for index in range(metadata.num_columns):
        chunk = metadata.row_group(group).column(index)
        bounds = chunk.statistics
        known = f"{text(bounds.min_raw)} {text(bounds.max_raw)}" if bounds.has_min_max else "unknown"
        exact = exactness[group, index] if bounds.has_min_max else ""
        lines.append(f"{group} {chunk.path_in_schema} nulls {bounds.null_count} bounds {known}{exact}")
with open(f"{path}.statistics", "w") as file:
    file.write("\n".join(lines) + "\n")

frame = polars.scan_parquet(path)
table = pq.read_table(path)
for name in table.column_names:
    is_time = pa.types.is_timestamp(table.schema.field(name).type)
    cells = (table.column(name).cast(pa.int64()) if is_time else table.column(name)).to_pylist()
    if any(isinstance(c, (bool, bytes, uuid.UUID)) for c in cells):
        continue
    values = sorted({c for c in cells if c is not None and not (isinstance(c, float) and math.isnan(c))})
    if table.schema.field(name).type in (pa.float32(), pa.float64()):
        values = [0.0, -0.0, *values]
    if is_time:
        # Python has no others.
        values = [v for v in values if abs(v) < 10**15]
    for value in values[:2] + values[2::7]:
        literal = EPOCH + datetime.timedelta(microseconds=value) if is_time else value
        for operator, holds in (("=", lambda c: c == value), (">", lambda c: c > value), ("<=", lambda c: c <= value)):
            # NaN is greatest in both, and greater than any number.
            nan = [isinstance(c, float) and math.isnan(c) for c in cells]
            scan = sum(operator == ">" if n else holds(c) for c, n in zip(cells, nan) if c is not None)
            found = connection.execute(f'SELECT count(*) FROM read_parquet(?) WHERE "{name}" {operator} ?', [path, literal]).fetchone()[0]
            assert found == scan, f"DuckDB: {name} {operator} {value!r}: {found} instead of {scan}"
            column = polars.col(name)
            condition = {"=": column == literal, ">": column > literal, "<=": column <= literal}[operator]
            found = frame.filter(condition).select(polars.len()).collect().item()
            assert found == scan, f"Polars: {name} {operator} {value!r}: {found} instead of {scan}"
