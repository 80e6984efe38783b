"""read.py LIST: for each file that LIST names, writes the canonical text of what each library reads: FILE.pyarrow, .duckdb, .polars."""
import sys

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

import canonical

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")


def with_duckdb(path):
    """DuckDB hands UUIDs out as text: as bytes they are comparable."""
    relation = connection.sql(f"SELECT * FROM read_parquet('{path}')")
    plain = [
        f'unhex(replace("{name}"::VARCHAR, \'-\', \'\')) AS "{name}"' if str(kind) == "UUID"
        else f'[unhex(replace(x::VARCHAR, \'-\', \'\')) FOR x IN "{name}"] AS "{name}"' if str(kind) == "UUID[]"
        else f'"{name}"'
        for name, kind in zip(relation.columns, relation.types)
    ]
    table = relation.project(", ".join(plain)).to_arrow_table()
    fields = [
        pa.field(f.name, {"UUID": pa.binary(16), "UUID[]": pa.list_(pa.binary(16))}.get(str(kind), f.type))
        for f, kind in zip(table.schema, relation.types)
    ]
    return table.cast(pa.schema(fields))


def with_polars(path):
    """Polars has no UUIDs: they come as bytes of any length, which these are named back from."""
    table = polars.read_parquet(path).to_arrow()
    fields = []
    for f in table.schema:
        if "uuid" in f.name:
            binary = f.type.value_type if pa.types.is_large_list(f.type) else f.type
            assert canonical.type_name(binary) == "bytes", f
            f = pa.field(f.name, pa.large_list(pa.binary(16)) if binary is not f.type else pa.binary(16))
        fields.append(f)
    plain = [
        pa.field(f.name, pa.large_binary() if "uuid" in f.name and "list" not in f.name
                 else pa.large_list(pa.large_binary()) if "uuid" in f.name else f.type)
        for f in table.schema
    ]
    return table.cast(pa.schema(plain)).cast(pa.schema(fields))


for path in open(sys.argv[1]).read().split("\n"):
    if path:
        # Without the cache of files' statistics etc.: a plain read of everything.
        for library, read in [("pyarrow", pq.read_table), ("duckdb", with_duckdb), ("polars", with_polars)]:
            try:
                result = canonical.text(read(path))
            except Exception as error:
                result = f"{type(error).__name__}: {error}\n"
            with open(f"{path}.{library}", "w") as file:
                file.write(result)
