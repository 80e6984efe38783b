"""The programs that are measured: what to run for each way of a shape."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from postgres import Postgres
from shapes import SHAPES, Shape

WAYS = Path(__file__).parent / "ways"
SECONDS = {"h": 3600, "d": 86400}

TITLES = {
    "floor": "COPY of both tables out of Postgres in binary, on two connections, thrown away",
    "default": "asof as it comes: strategy chosen, and a profile kept for `asof drift`",
    "merge": "asof, strategy merge",
    "merge_tenth": "asof, strategy merge, of a tenth of the rows: the headline's",
    "merge_1gb": "asof, strategy merge, --memory 1GB",
    "probe": "asof, strategy probe",
    "clean": "asof, strategy merge, --knowledge clean: rows count before they were known, as with Feast",
    "duckdb": "COPY out (ADBC, two connections) + DuckDB ASOF + Parquet",
    "duckdb_frames": "COPY out (ADBC, two connections) + DuckDB RANGE frames + Parquet",
    "duckdb_prefix": "COPY out (ADBC, two connections) + DuckDB running sums and ASOF + Parquet",
    "polars": "COPY out (ADBC, two connections) + Polars join_asof + Parquet",
    "feast": "Feast 0.67, its spine a data frame, + Parquet",
    "feast_sql": "Feast 0.67, its spine SQL, + Parquet",
}


@dataclass
class Program:
    way: str
    command: list[str]
    # Its training set, for comparing; None for the floor, which throws away what it reads, and for other rows than the shape's.
    output: Path | None


def seconds(period: str) -> int:
    return int(period[:-1]) * SECONDS[period[-1]]


class Programs:
    def __init__(self, asof: str, folder: Path, postgres: Postgres):
        self.asof = asof
        self.folder = folder
        self.postgres = postgres

    def of(self, shape: Shape) -> list[Program]:
        return [program for way in shape.ways for program in self._programs(way, shape)]

    def train(self, shape: Shape, *options: str) -> list[str]:
        """`asof train` in a project of the shape's own."""
        project = self.folder / "projects" / shape.name
        (project / "features").mkdir(parents=True, exist_ok=True)
        (project / "asof.yaml").write_text(f"project: bench\noffline:\n  url: {self.postgres.url}\n")
        # JSON is YAML.
        (project / "features" / "bench.yaml").write_text(json.dumps(shape.definitions, indent=2))
        return [self.asof, "train", "--project", str(project), "--service", "bench", "--spine", f"table:{shape.schema}.bench_spine",
                *(["--full-feature-names"] if shape.tables > 1 else []), *options]

    def _programs(self, way: str, shape: Shape) -> list[Program]:
        output = self.folder / f"{shape.name}.{way}.parquet"
        columns = ",".join(shape.value_columns)

        def peer(script: str, *arguments: str, to: Path = output) -> Program:
            return Program(to.suffixes[0][1:], [sys.executable, str(WAYS / script), *arguments, str(to)], to)

        match way:
            case "floor":
                return [Program(way, [str(self.folder / "copy_floor"), self.postgres.conninfo, *self._floor(shape)], None)]
            case "default":
                return [Program(way, self.train(shape, "-o", str(output)), output)]
            # Peers keep no profile of what they make.
            case "merge" | "probe":
                return [Program(way, self.train(shape, "--no-profile", "--strategy", way, "-o", str(output)), output)]
            case "merge_tenth":
                tenth = next(other for other in SHAPES if other.name == shape.tenth)
                options = ["--no-profile", "--strategy", "merge", "-o", str(output)]
                return [Program(way, self.train(tenth, *options), None)]
            case "clean":
                options = ["--no-profile", "--strategy", "merge", "--knowledge", "clean"]
                return [Program(way, self.train(shape, *options, "-o", str(output)), output)]
            case "merge_1gb":
                options = ["--no-profile", "--strategy", "merge", "--memory", "1GB"]
                return [Program(way, self.train(shape, *options, "-o", str(output)), output)]
            case "duckdb" if shape.windows:
                windows = ",".join(f"{window}={seconds(window)}" for window in shape.windows)
                return [
                    peer("duckdb_windows.py", self.postgres.url, shape.schema, windows, style,
                         to=self.folder / f"{shape.name}.duckdb_{style}.parquet")
                    for style in ("frames", "prefix")
                ]
            case "duckdb" | "polars":
                return [peer(f"{way}_latest.py", self.postgres.url, shape.schema, columns, str(seconds(shape.ttl)))]
            case "feast" | "feast_sql":
                spine = {"feast": "frame", "feast_sql": "sql"}[way]
                created = "created_at" if shape.created else ""
                return [peer("feast_latest.py", self.postgres.url, shape.schema, str(self.postgres.socket), spine, columns, created,
                             str(seconds(shape.ttl)))]
        raise ValueError(way)

    def _floor(self, shape: Shape) -> list[str]:
        """What a join outside Postgres must read; the tables of features go one after the other."""
        columns = "amount" if shape.windows else ", ".join(shape.value_columns)
        if shape.created:
            columns += ", created_at"
        features = [f"SELECT card_id, occurred_at, {columns} FROM {shape.schema}.{table}" for table in shape.table_names]
        return [f"SELECT card_id, event_timestamp FROM {shape.schema}.bench_spine", "; ".join(features)]
