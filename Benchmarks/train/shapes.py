"""The shapes of data that are measured, and what is asked of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    name: str
    about: str
    spine_rows: int
    feature_rows: int
    # The schema of its data; another shape's, where it asks something else of the same rows.
    schema: str = ""
    keys: int = 10_000
    days: int = 30
    tables: int = 1
    width: int = 3
    # The windows of count, sum and mean of `amount`; without any, the latest value of each column.
    windows: tuple[str, ...] = ()
    ttl: str = "1d"
    # Whether the source says when each row became known.
    created: bool = False
    ways: tuple[str, ...] = ("floor", "merge", "probe")
    # The shape of a tenth of the rows, for the way that is measured beside: how time grows can be told within one run only.
    tenth: str = ""
    # How often each way runs; its median counts.
    runs: int = 3
    # A way that takes longer is cut off and shown as ">".
    limit_seconds: int = 60

    def __post_init__(self):
        object.__setattr__(self, "schema", self.schema or self.name)

    @property
    def table_names(self) -> list[str]:
        return ["bench_features" + ("" if number == 1 else f"_{number}") for number in range(1, self.tables + 1)]

    @property
    def value_columns(self) -> list[str]:
        return (["amount", "balance", "score"] + [f"v{number}" for number in range(4, self.width + 1)])[: self.width]

    def knowledge(self, way: str) -> str:
        """Which rows a way sees; ways of the same knowledge give the same values."""
        return "clean" if self.created and way in ("clean", "feast", "feast_sql") else "as_served"

    @property
    def settings(self) -> dict[str, object]:
        """What generate.sql takes; equal settings are equal data."""
        return {
            "schema": self.schema, "spine_rows": self.spine_rows, "feature_rows": self.feature_rows, "keys": self.keys,
            "days": self.days, "tables": self.tables, "width": self.width,
        }

    @property
    def features(self) -> dict[str, dict[str, str]]:
        """Of one view."""
        if not self.windows:
            return {column: {"latest": column} for column in self.value_columns}
        features: dict[str, dict[str, str]] = {}
        for window in self.windows:
            features[f"count_{window}"] = {"count": "*", "window": window}
            features[f"sum_{window}"] = {"sum": "amount", "window": window}
            features[f"mean_{window}"] = {"mean": "amount", "window": window}
        return features

    @property
    def definitions(self) -> dict:
        """The definitions file. Without a created timestamp a row is known when it happens, which is all that the peers know."""
        views = {table: f"view_{number}" for number, table in enumerate(self.table_names, 1)}
        view_ttl = {} if self.windows else {"ttl": self.ttl}
        return {
            "entities": {"card": {"join_keys": {"card_id": "int64"}}},
            "sources": {
                table: {
                    "table": f"{self.schema}.{table}", "event_timestamp": "occurred_at",
                    **({"created_timestamp": "created_at"} if self.created else {}),
                }
                for table in self.table_names
            },
            "feature_views": {
                view: {"entities": ["card"], "source": table, **view_ttl, "features": self.features}
                for table, view in views.items()
            },
            "feature_services": {"bench": {"features": list(views.values())}},
        }


SHAPES = [
    Shape("headline", "1 M spine rows, 2 M feature rows, 10,000 keys, 3 latest features, ttl 1 day",
          1_000_000, 2_000_000, ways=("floor", "merge", "default", "probe", "duckdb", "polars", "feast_sql", "feast"), runs=7,
          limit_seconds=300),
    Shape("created", "the headline's rows, one in 50 known up to an hour late, with a created timestamp that says so",
          1_000_000, 2_000_000, schema="headline", created=True,
          ways=("floor", "merge", "default", "clean", "feast_sql"), runs=7, limit_seconds=400),
    Shape("windows", "the same rows; count, sum and mean over 1 h, 1 d and 7 d",
          1_000_000, 2_000_000, schema="headline", windows=("1h", "1d", "7d"), ways=("floor", "merge", "probe", "duckdb"), limit_seconds=90),
    Shape("growth", "ten times the headline's rows", 10_000_000, 20_000_000, ways=("floor", "merge_tenth", "merge", "merge_1gb"),
          limit_seconds=120, tenth="headline"),
    Shape("few", "100 spine rows against 10 M", 100, 10_000_000),
    Shape("medium", "20,000 spine rows against 2 M", 20_000, 2_000_000),
    Shape("hot", "5 M against 5 M on 50 keys", 5_000_000, 5_000_000, keys=50, runs=1),
    Shape("sparse", "1 M against 1 M, about one row for each key", 1_000_000, 1_000_000, keys=1_000_000),
    Shape("ten", "ten views on one key: 300,000 against ten times 300,000", 300_000, 300_000, tables=10, runs=1),
    Shape("wide", "100 features: 200,000 against 500,000", 200_000, 500_000, width=100, runs=1),
    Shape("long", "count, sum and mean over 1 h, 7 d and 90 d: 100,000 against 1 M of 1,000 keys in 180 days",
          100_000, 1_000_000, keys=1_000, days=180, windows=("1h", "7d", "90d"), runs=1),
]
