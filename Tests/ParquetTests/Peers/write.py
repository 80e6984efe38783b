"""write.py FOLDER: writes tables with each library and many of its options, each beside its canonical text, FILE.expected."""
import datetime
import random
import sys
import uuid

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

import canonical

folder = sys.argv[1]
rng = random.Random(20240229)
connection = duckdb.connect()
connection.execute("SET TimeZone = 'Asia/Kathmandu'")


def values(kind, rows, spread):
    """Rows of one type; `spread` says how many distinct ones there are, and `traps` are among them."""
    traps = {
        "int8": [-128, 127, 0], "int16": [-32768, 32767, -1], "int32": [-2**31, 2**31 - 1, 0],
        "int64": [-2**63, 2**63 - 1, 2**53 + 1, -1], "uint8": [255, 0], "uint16": [65535, 0], "uint32": [2**32 - 1, 0],
        "uint64": [2**63 - 1, 0], "float32": [float("nan"), -0.0, 0.0, float("inf"), 1e-45],
        "float64": [float("nan"), -0.0, 0.0, float("-inf"), 5e-324], "us": [0, -1, 1, -62135596800000000],
        "date": [0, -1, -719162, 2932896],
        "string": ["", "é", "\U0010ffff", "a" * 3000, "\0"], "bytes": [b"", b"\xff" * 100, b"\0"],
    }.get(kind, [])
    pool = list(traps)
    while len(pool) < spread:
        n = rng.getrandbits(63)
        pool.append({
            "bool": bool(n % 3), "int8": n % 100, "int16": n % 30000 - 15000, "int32": n % 2**31, "int64": n - 2**62,
            "uint8": n % 256, "uint16": n % 65536, "uint32": n % 2**32, "uint64": n, "float32": (n % 100000) / 16,
            "float64": n / 7, "us": n % 10**16 - 10**15, "date": n % 100000 - 30000, "string": f"value {n}", "bytes": n.to_bytes(8, "big"),
            "uuid": n.to_bytes(16, "big"),
        }[kind])
    return [pool[rng.randrange(len(pool))] for _ in range(rows)]


def nullable(cells, nulls):
    return [None if rng.random() < nulls else cell for cell in cells]


ARROW = {
    "bool": pa.bool_(), "int8": pa.int8(), "int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(), "uint8": pa.uint8(),
    "uint16": pa.uint16(), "uint32": pa.uint32(), "uint64": pa.uint64(), "float32": pa.float32(), "float64": pa.float64(),
    "date": pa.date32(), "string": pa.string(), "bytes": pa.binary(), "uuid": pa.binary(16), "us": pa.timestamp("us", "UTC"),
}


def array(kind, cells):
    """Numbers stand for times: Arrow takes them as such only by way of integers."""
    if kind in ("us", "date"):
        return pa.array(cells, pa.int64() if kind == "us" else pa.int32()).cast(ARROW[kind])
    return pa.array(cells, ARROW[kind])


def list_array(kind, rows, spread, nulls):
    lengths = [rng.randrange(5) for _ in range(rows)]
    elements = array(kind, nullable(values(kind, sum(lengths), spread), nulls))
    offsets, total = [], 0
    for length in lengths:
        offsets.append(None if rng.random() < nulls else total)
        total += length
    offsets.append(total)
    # A NULL's elements are nobody's: only those of rows that are there count.
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements)


def table(rows, spread, nulls, lists=True, unsigned=True, kinds=None):
    columns = {}
    for kind in kinds or ARROW:
        if unsigned or not kind.startswith("uint"):
            columns[kind] = array(kind, nullable(values(kind, rows, spread), nulls))
    # Within nanoseconds' range, and whole microseconds.
    small = [n % 10**15 - 10**14 for n in values("int64", rows, spread)]
    columns["ns"] = pa.array(nullable([n * 1000 for n in small], nulls), pa.int64()).cast(pa.timestamp("ns", "UTC"))
    columns["ms"] = pa.array(nullable(small, nulls), pa.int64()).cast(pa.timestamp("ms", "UTC"))
    columns["naive"] = pa.array(nullable(small, nulls), pa.int64()).cast(pa.timestamp("us"))
    columns["uuid"] = pa.ExtensionArray.from_storage(pa.uuid(), columns["uuid"])
    fixed = [None if n is None else (n % 2**40).to_bytes(5, "big") for n in columns["ms"].cast(pa.int64()).to_pylist()]
    columns["fixed"] = pa.array(fixed, pa.binary(5))
    if lists:
        for kind in ("int64", "string", "float64", "us", "bool"):
            columns[f"list_{kind}"] = list_array(kind, rows, spread, nulls)
    return pa.table(columns)


def as_read(t):
    """The table with the types that asof has: whole microseconds, UTC; signed numbers that are wide enough."""
    columns = {}
    for name, column in zip(t.column_names, t.columns):
        column = column.combine_chunks()
        if pa.types.is_timestamp(column.type):
            unit = {"ms": lambda n: n * 1000, "us": lambda n: n, "ns": lambda n: n // 1000}[column.type.unit]
            numbers = [None if n is None else unit(n) for n in column.cast(pa.int64()).to_pylist()]
            column = pa.array(numbers, pa.int64()).cast(pa.timestamp("us", "UTC"))
        wider = {"int8": pa.int16(), "uint8": pa.int16(), "uint16": pa.int32(), "uint32": pa.int64(), "uint64": pa.int64()}
        wider["fixed_size_binary[5]"] = pa.binary()
        columns[name] = column.cast(wider.get(str(column.type), column.type))
    return pa.table(columns)


def expect(name, t):
    with open(f"{folder}/{name}.parquet.expected", "w") as file:
        file.write(canonical.text(as_read(t)))


def with_pyarrow(name, t, **options):
    pq.write_table(t, f"{folder}/{name}.parquet", **options)
    expect(name, t)


def with_duckdb(name, t, options):
    connection.register("t", t)
    connection.execute(f"COPY t TO '{folder}/{name}.parquet' (FORMAT parquet, {options})")
    connection.unregister("t")
    expect(name, t)


def with_polars(name, t, **options):
    polars.from_arrow(t).write_parquet(f"{folder}/{name}.parquet", **options)
    expect(name, t)


for rows, spread, nulls in [(0, 8, 0), (1, 8, 0), (1, 8, 1), (1000, 40, 0.2), (1000, 2000, 0), (777, 9, 1), (5000, 300, 0.05)]:
    shape = f"{rows}-{spread}-{nulls}"
    t = table(rows, spread, nulls)
    with_pyarrow(f"pyarrow-default-{shape}", t)
    with_pyarrow(
        f"pyarrow-v2-zstd-{shape}", t, data_page_version="2.0", compression="zstd", data_page_size=1000, row_group_size=max(1, rows // 3))
    with_pyarrow(f"pyarrow-plain-{shape}", t, use_dictionary=False, compression="none", store_schema=False, write_page_index=True)
    with_pyarrow(f"pyarrow-v2-plain-{shape}", t, use_dictionary=False, compression="snappy", data_page_version="2.0")
    with_pyarrow(
        f"pyarrow-old-{shape}", t.drop_columns(["list_us", "uint32"]), version="1.0", use_deprecated_int96_timestamps=True,
        use_compliant_nested_type=False, dictionary_pagesize_limit=100)
    if rows:
        encodings = {
            "int32": "DELTA_BINARY_PACKED", "int64": "DELTA_BINARY_PACKED", "us": "DELTA_BINARY_PACKED", "date": "DELTA_BINARY_PACKED",
            "float32": "BYTE_STREAM_SPLIT", "float64": "BYTE_STREAM_SPLIT", "string": "DELTA_BYTE_ARRAY",
            "bytes": "DELTA_LENGTH_BYTE_ARRAY", "uuid": "BYTE_STREAM_SPLIT", "bool": "RLE", "ns": "BYTE_STREAM_SPLIT",
            "list_string": "DELTA_BYTE_ARRAY",
        }
        encodings["list_string.list.element"] = encodings.pop("list_string")
        for version in ("1.0", "2.0"):
            with_pyarrow(
                f"pyarrow-encodings-{version}-{shape}", t, use_dictionary=False, column_encoding=encodings, data_page_version=version,
                data_page_size=3000)
    for codec in ("uncompressed", "snappy", "zstd"):
        for version in ("V1", "V2"):
            with_duckdb(
                f"duckdb-{codec}-{version}-{shape}", t.drop_columns(["uuid"]), f"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048")
    # Polars has neither.
    plain = t.drop_columns(["uuid", "fixed"])
    with_polars(f"polars-default-{shape}", plain)
    with_polars(f"polars-snappy-{shape}", plain, compression="snappy", row_group_size=333, data_page_size=500)
    with_polars(f"polars-plain-{shape}", plain, compression="uncompressed")

# UUIDs as the libraries themselves have them; columns that may not be NULL; fixed-size lists; no NULLs by schema.
uuids = [uuid.UUID(int=rng.getrandbits(128)) for _ in range(100)]
t = pa.table({"uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([u.bytes for u in uuids], pa.binary(16)))})
connection.register("t", pa.table({"u": [str(u) for u in uuids]}))
connection.execute(f"COPY (SELECT u::UUID AS uuid FROM t) TO '{folder}/duckdb-uuid.parquet' (FORMAT parquet)")
expect("duckdb-uuid", t)
required = table(500, 30, 0)
with_pyarrow("pyarrow-required", required.cast(pa.schema([f.with_nullable(False) for f in required.schema])))
vectors = pa.table({"v": pa.array([[1.5, -0.0, 2.0], None, [float("nan"), 0.0, 1e38]], pa.list_(pa.float32(), 3)), "n": pa.nulls(3)})
with_pyarrow("pyarrow-vectors", vectors.drop_columns("n"))
with_polars("polars-vectors", vectors.drop_columns("n"))
with_pyarrow("pyarrow-nulls", vectors.select(["n"]).cast(pa.schema([pa.field("n", pa.int32())])))
pq.write_table(vectors.select(["n"]), f"{folder}/pyarrow-nulls.parquet")
# Lists that go on over pages, and one longer than a batch's step.
long = pa.table({"l": pa.array([list(range(20000)), None, [], list(range(9000)), [None] * 9000] * 3, pa.list_(pa.int64()))})
with_pyarrow("pyarrow-long-lists", long, data_page_size=100)
with_pyarrow("pyarrow-long-lists-v2", long, data_page_size=100, data_page_version="2.0", row_group_size=4)
with_polars("polars-long-lists", long, data_page_size=1000)
with_duckdb("duckdb-long-lists", long, "ROW_GROUP_SIZE 2048")

# What is not read, and has to be named.
for codec in ("gzip", "brotli", "lz4"):
    pq.write_table(pa.table({"amount": [1.5] * 100}), f"{folder}/refused-{codec}.parquet", compression=codec)
pq.write_table(pa.table({"ok": [1], "s": [{"a": 1}]}), f"{folder}/refused-struct.parquet")
pq.write_table(pa.table({"ok": [1], "l": [[[1]]]}), f"{folder}/refused-lists-of-lists.parquet")
pq.write_table(pa.table({"ok": [1], "m": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))}), f"{folder}/refused-map.parquet")
pq.write_table(pa.table({"ok": [1], "t": pa.array([datetime.time(1)], pa.time64("us"))}), f"{folder}/refused-time.parquet")
pq.write_table(pa.table({"u": pa.array([2**64 - 1], pa.uint64())}), f"{folder}/refused-uint64.parquet")
