"""Parquet training sets and spines, as pyarrow, DuckDB and Polars see them.

    parquet_training.py spines FOLDER         the same spine, written by each library with several of its options
    parquet_training.py same CSV PARQUET      whether each library reads from a Parquet file what the CSV file says, bit by bit
    parquet_training.py types PARQUET NAME=TYPE...  whether columns have these types
    parquet_training.py passed SPINE PARQUET  whether a training set has the columns of its spine as they were
"""
import datetime
import pathlib
import re
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "ParquetTests" / "Peers"))

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

import canonical

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
NAN = float("nan")


def spine():
    """Rows that are hard to keep: 400 of them, so that dictionaries pay and pages are full."""
    rows = 400
    start = datetime.datetime(2024, 3, 2, tzinfo=datetime.timezone.utc)
    micro = datetime.timedelta(microseconds=1)
    return pa.table({
        "id": pa.array([None if i % 50 == 7 else i % 5 for i in range(rows)], pa.int64()),
        "event_timestamp": pa.array(
            [None if i % 60 == 11 else start + i * datetime.timedelta(minutes=97) + i * micro for i in range(rows)],
            pa.timestamp("us", "UTC")),
        "label": pa.array([[True, False, None][i % 3] for i in range(rows)], pa.bool_()),
        "note": pa.array([["", None, "NULL", 'a "quoted", one', "line\nbreak", "Zoë 日本 🙂"][i % 6] for i in range(rows)], pa.string()),
        "ratio": pa.array([[-0.0, 0.0, NAN, None, 5e-324, float("-inf"), 0.1][i % 7] for i in range(rows)], pa.float64()),
        "single": pa.array([[-0.0, NAN, None, 1e-45, 0.1][i % 5] for i in range(rows)], pa.float32()),
        "small": pa.array([[-32768, 32767, None][i % 3] for i in range(rows)], pa.int16()),
        "medium": pa.array([[-2**31, 2**31 - 1, None][i % 3] for i in range(rows)], pa.int32()),
        "large": pa.array([[-2**63, 2**63 - 1, 2**53 + 1, None][i % 4] for i in range(rows)], pa.int64()),
        "day": pa.array([[datetime.date(1969, 12, 31), None, datetime.date(9999, 12, 31)][i % 3] for i in range(rows)], pa.date32()),
        "early": pa.array([[-1, -62135596800000000, None, 1][i % 4] for i in range(rows)], pa.int64()).cast(pa.timestamp("us", "UTC")),
        "raw": pa.array([[b"\0\xff", b"", None][i % 3] for i in range(rows)], pa.binary()),
        "words": pa.array([[["a", None, "b,c", ""], [], None][i % 3] for i in range(rows)], pa.list_(pa.string())),
        "numbers": pa.array([[[1, None, -2**63], [], None][i % 3] for i in range(rows)], pa.list_(pa.int64())),
        "point": pa.array([[[0.5, -1.0], None][i % 2] for i in range(rows)], pa.list_(pa.float32())),
    })


def write_spines(folder):
    table = spine()
    for name, options in {
        "plain": dict(use_dictionary=False, compression="none", data_page_version="1.0"),
        "snappy": dict(compression="snappy", data_page_version="1.0"),
        "v2": dict(compression="zstd", data_page_version="2.0", row_group_size=70, data_page_size=200),
        "delta": dict(use_dictionary=False, compression="zstd", data_page_version="2.0", column_encoding={
            "id": "DELTA_BINARY_PACKED", "note": "DELTA_BYTE_ARRAY", "ratio": "BYTE_STREAM_SPLIT"}),
    }.items():
        pq.write_table(table, f"{folder}/pyarrow-{name}.parquet", **options)
    connection.register("t", table)
    for name, options in {"snappy": "COMPRESSION snappy", "zstd": "COMPRESSION zstd, ROW_GROUP_SIZE 2048"}.items():
        connection.execute(f"COPY t TO '{folder}/duckdb-{name}.parquet' (FORMAT parquet, {options})")
    frame = polars.from_arrow(table)
    for name, options in {
        "zstd": dict(compression="zstd"), "snappy": dict(compression="snappy", row_group_size=90),
        "none": dict(compression="uncompressed"),
    }.items():
        frame.write_parquet(f"{folder}/polars-{name}.parquet", **options)
    # Other types for what the definitions name: narrower keys, dates and other units for instants.
    other = table.set_column(0, "id", table["id"].cast(pa.int16()))
    other = other.set_column(1, "event_timestamp", table["event_timestamp"].cast(pa.timestamp("ns")))
    pq.write_table(other, f"{folder}/other-types.parquet")
    days = table.set_column(1, "event_timestamp", table["event_timestamp"].cast(pa.date32(), safe=False))
    pq.write_table(days, f"{folder}/other-days.parquet")
    for name, column in {
        "refused-text": ("event_timestamp", pa.array(["2024-03-02"] * 400)),
        "refused-key": ("id", pa.array(["1"] * 400)),
        "refused-struct": ("note", pa.array([{"a": 1}] * 400)),
        "refused-fine": ("early", pa.array([1_000] * 9 + [1_001] * 391, pa.int64()).cast(pa.timestamp("ns", "UTC"))),
        "refused-nul": ("note", pa.array(["a"] * 7 + ["b\0"] * 393)),
    }.items():
        place = table.column_names.index(column[0])
        pq.write_table(table.set_column(place, *column), f"{folder}/{name}.parquet")
    for name, column in {"refused-empty": "", "refused-long": "é" * 40}.items():
        pq.write_table(table.append_column(column, table["note"]), f"{folder}/{name}.parquet")
    pq.write_table(table, f"{folder}/refused-gzip.parquet", compression="gzip")
    (pathlib.Path(folder) / "refused-damaged.parquet").write_bytes(b"PAR1 and no more than that: no footer, nothing PAR1")


def with_pyarrow(path):
    return pq.read_table(path)


def with_duckdb(path):
    relation = connection.sql(f"SELECT * FROM read_parquet('{path}')")
    plain = [
        f'unhex(replace("{name}"::VARCHAR, \'-\', \'\')) AS "{name}"' if str(kind) == "UUID" else f'"{name}"'
        for name, kind in zip(relation.columns, relation.types)
    ]
    return relation.project(", ".join(plain)).to_arrow_table()


def with_polars(path):
    return polars.read_parquet(path).to_arrow()


def columns(table):
    """By name, the canonical text of each cell."""
    return {
        name: [cell for chunk in column.chunks for cell in canonical.cells(chunk)] for name, column in zip(table.column_names, table.columns)
    }


def csv_records(path):
    """Fields as text, None for NULL: an unquoted empty field."""
    text = pathlib.Path(path).read_bytes().decode()
    records, record, position = [], [], 0
    field = re.compile(r'(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n)')
    while position < len(text):
        match = field.match(text, position)
        quoted, bare, end = match.groups()
        record.append(quoted.replace('""', '"') if quoted is not None else bare or None)
        position = match.end()
        if end == "\n":
            records.append(record)
            record = []
    return records


def array_elements(text):
    elements = re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', text[1:-1])
    return [re.sub(r"\\(.)", r"\1", quoted) if bare == "" else None if bare == "NULL" else bare for quoted, bare in elements]


def microseconds(text):
    bc = text.endswith(" BC")
    assert not bc, text
    moment = datetime.datetime.fromisoformat(text)
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)


def canonical_cell(text, kind):
    """What a CSV cell says, as canonical.cells has it."""
    if text is None:
        return "NULL"
    if kind.startswith("list<"):
        return "[" + ",".join(canonical_cell(element, kind[5:-1]) for element in array_elements(text)) + "]"
    if kind in ("float32", "float64"):
        value = float(text)
        if value != value:
            return "nan"
        return str(struct.unpack(*(("<I", struct.pack("<f", value)) if kind == "float32" else ("<Q", struct.pack("<d", value))))[0])
    if kind == "bool":
        return {"true": "1", "false": "0"}[text]
    if kind == "timestamp":
        return str(microseconds(text))
    if kind == "string":
        return "x" + text.encode().hex()
    if kind == "bytes":
        return "x" + text.removeprefix("\\x")
    if kind == "uuid":
        return "x" + text.replace("-", "")
    return text


def refuse(place, found, expected):
    for row, (a, b) in enumerate(zip(found, expected)):
        if a != b:
            raise SystemExit(f"{place}, row {row + 1}: {a}, not {b}")
    if len(found) != len(expected):
        raise SystemExit(f"{place}: {len(found)} rows, not {len(expected)}")


def check_same(csv, parquet):
    header, *records = csv_records(csv)
    schema = pq.read_table(parquet).schema
    assert schema.names == header, (schema.names, header)
    kinds = {field.name: canonical.type_name(field.type) for field in schema}
    for library, read in (("pyarrow", with_pyarrow), ("duckdb", with_duckdb), ("polars", with_polars)):
        found = columns(read(parquet))
        for place, name in enumerate(header):
            refuse(f"{library}: column {name}", found[name], [canonical_cell(record[place], kinds[name]) for record in records])


def check_passed(spine, parquet):
    before, after = columns(pq.read_table(spine)), columns(pq.read_table(parquet))
    types = {name: canonical.type_name(pq.read_schema(path).field(name).type) for path in (parquet,) for name in before}
    for name in before:
        # Nanoseconds become microseconds; the values are whole ones.
        expected = before[name]
        if pq.read_schema(spine).field(name).type == pa.timestamp("ns"):
            expected = [cell if cell == "NULL" else str(int(cell) // 1000) for cell in expected]
        refuse(f"column {name} ({types[name]})", after[name], expected)


match sys.argv[1:]:
    case ["spines", folder]:
        write_spines(folder)
    case ["same", csv, parquet]:
        check_same(csv, parquet)
    case ["types", path, *expected]:
        schema = pq.read_schema(path)
        for name, kind in (pair.split("=", 1) for pair in expected):
            found = str(schema.field(name).type)
            assert found == kind, f"column {name} is {found}, not {kind}"
    case ["passed", before, after]:
        check_passed(before, after)
