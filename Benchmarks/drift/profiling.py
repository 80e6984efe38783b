"""`asof profile` of a table in Postgres, whole programs, against COPY of the same columns thrown away, in turn."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "train"))
from postgres import Postgres

ROWS, COLUMNS, ENTITIES = 1_000_000, 20, 10_000
DAY = ("2024-03-01", "2024-03-02")

PROJECT = """
entities:
  card: {join_keys: {card_id: int64}}
sources:
  events: {table: events, event_timestamp: at}
feature_views:
  cards:
    entities: [card]
    source: events
    schedule: {every: 1h, lag: 0s}
    features:
"""


def load(postgres):
    """A day of events, spread over it and over the cards."""
    values = ", ".join(f"(random() * {column + 1})::float8 AS x{column}" for column in range(COLUMNS))
    postgres.query(
        f"""SELECT setseed(0.5); CREATE TABLE events AS SELECT (i % {ENTITIES})::int8 AS card_id,
            '{DAY[0]}Z'::timestamptz + (i * 86400.0 / {ROWS}) * interval '1 second' AS at, {values}
        FROM generate_series(0, {ROWS - 1}) AS i;
        CREATE INDEX ON events (card_id, at); ANALYZE events""")


def seconds(command, **options):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    return time.perf_counter() - start


def measure(asof, repeats):
    with tempfile.TemporaryDirectory(prefix="asof-bench-profile-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder)
        postgres.start()
        try:
            load(postgres)
            (folder / "features").mkdir()
            (folder / "asof.yaml").write_text(f"project: bench\nfeatures: features\noffline: {{url: '{postgres.url}'}}\n")
            features = "".join(f"      f{column}: {{latest: x{column}}}\n" for column in range(COLUMNS))
            (folder / "features" / "cards.yaml").write_text(PROJECT + features)
            environment = {key: value for key, value in os.environ.items() if not key.startswith("ASOF_")}
            options = {"cwd": folder, "env": environment}
            seconds([asof, "apply"], **options)
            profile = [asof, "profile", "cards", "--from", DAY[0], "--to", DAY[1]]
            copy = ["psql", "-X", "-q", "-h", str(postgres.socket), "-U", "asof", "-d", "asof",
                    "-c", "COPY events TO STDOUT (FORMAT binary)"]
            # The first makes the baseline too, by a run of its own.
            first = seconds(profile, **options)
            copies, profiles = [], []
            for _ in range(repeats):
                copies.append(seconds(copy))
                profiles.append(seconds(profile, **options))
            values = int(postgres.query("SELECT sum(rows) FROM asof.profiles WHERE feature = 'cards.f0'"))
            return {
                "rows": ROWS, "columns": COLUMNS, "values": values, "copy": min(copies), "profile": min(profiles),
                "first_profile": first,
            }
        finally:
            postgres.stop()


def lines(measured):
    rows, columns, values = measured["rows"], measured["columns"], measured["values"]
    each = measured["profile"]
    return [
        "", "## From Postgres", "",
        f"`asof profile` of a view, whole program: {rows:,} rows of {ENTITIES:,} entities and {columns} float64 columns in a day, of which each entity's "
        f"values at each full hour, {values:,} rows, are profiled in 24 windows with their joint distribution, and kept. COPY of the same table in binary, "
        "thrown away, in turn; the best of each.", "",
        "| what | seconds | times COPY | rows read a second | cells profiled a second |", "|---|--:|--:|--:|--:|",
        f"| COPY of the table | {measured['copy']:.2f} | | {rows / measured['copy']:,.0f} | |",
        f"| asof profile | {each:.2f} | {each / measured['copy']:.1f} | {rows / each:,.0f} | {values * columns / each:,.0f} |",
        f"| the first, which also makes the baseline | {measured['first_profile']:.2f} | {measured['first_profile'] / measured['copy']:.1f} | | |", "",
    ]
