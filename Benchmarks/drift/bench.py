"""Profiles and compares one table with drift-benchmark and with evidently's default preset, in turn, one thread each.

Both get the same float64 columns, in memory; reading them is in neither figure. evidently's figure holds its comparison and its result as a
dictionary, not its HTML; ours the frames, the profiles of both sides, the comparison and the judgement.
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy
import pandas

import profiling

SHAPES = [(100_000, 20), (10_000, 1_000)]


def table(rows, columns, random, shifted):
    """Normal, lognormal and whole-number columns; in every fifth the current side is half a deviation off."""
    made = []
    for column in range(columns):
        values = random.standard_normal(rows) + (0.5 if shifted and column % 5 == 0 else 0.0)
        kind = column % 3
        made.append(values if kind == 0 else numpy.exp(values) if kind == 1 else numpy.floor(10 * values))
    return made


def evidently_seconds(reference, current):
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    frames = [pandas.DataFrame({f"c{i}": values for i, values in enumerate(side)}) for side in (reference, current)]
    definition = DataDefinition(numerical_columns=list(frames[0].columns))
    start = time.perf_counter()
    sides = [Dataset.from_pandas(frame, data_definition=definition) for frame in frames]
    result = Report([DataDriftPreset()]).run(sides[1], sides[0]).dict()
    seconds = time.perf_counter() - start
    assert result["metrics"], "evidently measured something"
    return seconds


def ours(binary, folder, rows, columns):
    out = subprocess.run([binary, folder, str(rows), str(columns)], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--asof", required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", default=str(Path(__file__).parent))
    arguments = parser.parse_args()
    import evidently

    # Before the rest is held to one core: here Postgres has its own.
    profiled = profiling.measure(arguments.asof, arguments.repeats)
    print(json.dumps(profiled), flush=True)
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
    results = []
    for rows, columns in SHAPES:
        random = numpy.random.default_rng(7)
        sides = [table(rows, columns, random, shifted) for shifted in (False, True)]
        with tempfile.TemporaryDirectory(prefix="asof-bench-drift-") as folder:
            for name, side in zip(("reference", "current"), sides):
                with open(f"{folder}/{name}.f64", "wb") as file:
                    for values in side:
                        file.write(values.astype("<f8").tobytes())
            times, theirs = [], []
            # In turn, so that what else the machine does falls on both.
            for repeat in range(arguments.repeats):
                times.append(ours(arguments.binary, folder, rows, columns))
                if repeat == 0 or columns < 100:
                    theirs.append(evidently_seconds(*sides))
        best = min(times, key=lambda t: t["frames"] + t["profiles"] + t["comparison"])
        total = best["frames"] + best["profiles"] + best["comparison"]
        results.append(
            {
                "rows": rows, "columns": columns, "frames": best["frames"], "profiles": best["profiles"],
                "comparison": best["comparison"], "total": total, "cells_per_second": best["cellsPerSecond"],
                "evidently": min(theirs), "times_faster": min(theirs) / total, "drifted": len(best["drifted"]),
            }
        )
        print(json.dumps(results[-1]), flush=True)
    Path(arguments.out, "results.json").write_text(
        json.dumps(
            {"evidently": evidently.__version__, "machine": platform.platform(), "results": results, "profile": profiled}, indent=1)
        + "\n")
    lines = [
        "# Drift, measured", "",
        f"Written by `make bench-drift`: one core, the same float64 columns in memory, in turn, the best of {arguments.repeats} "
        f"(evidently {evidently.__version__}; of the wide table once).", "",
        "| rows on each side x columns | frames | profiles | compare and judge | asof together | cells a second, profiles | evidently preset | times faster |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        lines.append(
            f"| {r['rows']:,} x {r['columns']:,} | {r['frames']:.3f} s | {r['profiles']:.3f} s | {r['comparison']:.3f} s | {r['total']:.3f} s "
            f"| {r['cells_per_second'] / 1e6:.1f} M | {r['evidently']:.2f} s | {r['times_faster']:.0f} |")
    lines += [
        "", "Not like for like in what is computed: evidently's preset gives one distance a column (Wasserstein), asof fifteen statistics with noise, "
        "p-values and gates, and profiles that can be merged and compared later without the rows.", *profiling.lines(profiled),
    ]
    Path(arguments.out, "results.md").write_text("\n".join(lines))


main()
