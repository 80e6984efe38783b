"""Whether training sets hold the same: every value of every row, not only counts.

    agreement.py REFERENCE.parquet [OTHER.parquet]     prints what it found, as JSON

A program of its own: what it takes would count as the peak of whatever the benchmark started next.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import polars

KEYS = ["card_id", "event_timestamp"]

# Sums of floats may be added in any order, and differences of running sums lose more.
SUM_TOLERANCE = 1e-9


@dataclass
class Agreement:
    rows: int
    values: int
    # What differs, in words; empty where nothing does.
    differences: list[str]


def rows(path: Path) -> int:
    return polars.scan_parquet(path).select(polars.len()).collect().item()


def columns(path: Path) -> list[str]:
    """The features."""
    return [name for name in polars.scan_parquet(path).collect_schema().names() if name not in KEYS]


def _sorted(path: Path, columns: list[str]) -> polars.DataFrame:
    frame = polars.read_parquet(path).select(*KEYS, *columns)
    # The peers keep no order of rows; rows of the same key and instant have the same features.
    times = polars.col("event_timestamp").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    return frame.with_columns(times).sort(KEYS)


def compare(reference: Path, other: Path, columns: list[str]) -> Agreement:
    left, right = _sorted(reference, columns), _sorted(other, columns)
    if left.height != right.height:
        return Agreement(right.height, 0, [f"{right.height} rows, not {left.height}"])
    differences = []
    if not left.select(KEYS).equals(right.select(KEYS)):
        differences.append("other keys or instants")
    for column in columns:
        a, b = left[column], right[column]
        if column.startswith(("sum", "mean")):
            close = ((a - b).abs() <= SUM_TOLERANCE * a.abs()) & a.is_not_null() & b.is_not_null()
            same = close.fill_null(False) | (a.is_null() & b.is_null())
        else:
            same = a.eq_missing(b)
        if count := (~same).sum():
            differences.append(f"{column} in {count} rows")
    return Agreement(left.height, left.height * len(columns), differences)


if __name__ == "__main__":
    paths = [Path(path) for path in sys.argv[1:]]
    if len(paths) == 1:
        found = Agreement(rows(paths[0]), 0, [])
    else:
        found = compare(*paths, columns(paths[0]))
    print(json.dumps(asdict(found)))
