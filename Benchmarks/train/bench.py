#!/usr/bin/env python3
"""Measures making training sets on one private Postgres with seeded data: each strategy of asof, and peers that do the same.

    bench.py --asof .build/release/asof [--shapes headline,windows] [--folder DIR] [--load-only]

Every way is a program of its own, timed from its start to the Parquet file on disk; `ways/` has the peers'. What they write is
compared with what asof wrote, value by value; exit 1 when it differs. Results are kept in results.json, a shape's anew when it is
measured anew, and shown in results.md.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import measure
import report
from postgres import Postgres
from programs import TITLES, Program, Programs
from shapes import SHAPES, Shape

HERE = Path(__file__).parent


def say(text: str) -> None:
    print(text, flush=True)


def machine(postgres: Postgres) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {postgres.description}"


def commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def load(shape: Shape, postgres: Postgres) -> None:
    """Makes the shape's data, unless it is there already."""
    wanted = json.dumps(shape.settings, sort_keys=True)
    schema = postgres.query(f"SELECT obj_description(to_regnamespace('{shape.schema}'), 'pg_namespace')")
    if schema != wanted:
        say(f"{shape.name}: making the data")
        settings = [argument for name, value in shape.settings.items() for argument in ("-v", f"{name}={value}")]
        postgres.psql(*settings, "-f", str(HERE / "generate.sql"))
        postgres.query(f"COMMENT ON SCHEMA {shape.schema} IS '{wanted}'")
    # Every way finds the tables in memory.
    for table in ["bench_spine", *shape.table_names]:
        postgres.query(f"SELECT count(*) FROM {shape.schema}.{table}")


def run(programs: list[Program], shape: Shape, folder: Path) -> dict[str, measure.Measurement]:
    """The median of some runs of each way: round by round, so that what a busy neighbour does to the machine falls on all of them."""
    runs: dict[str, list[measure.Measurement]] = {program.way: [] for program in programs}
    for _ in range(shape.runs):
        for program in programs:
            # What takes long is not noisy.
            if runs[program.way] and runs[program.way][-1].seconds > 10:
                continue
            if program.output:
                program.output.unlink(missing_ok=True)
            done = measure.run(program.command, shape.limit_seconds, folder / f"{shape.name}.log", environment={})
            if program.way == "floor":
                done.seconds = float(done.output)
            say(f"{shape.name}: {done.seconds:6.2f} s  {program.way}")
            runs[program.way].append(done)
    return {way: measure.median(done) for way, done in runs.items()}


def agreement(*paths: Path) -> dict:
    command = [sys.executable, str(HERE / "agreement.py"), *map(str, paths)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def bench(shape: Shape, programs: Programs, postgres: Postgres, folder: Path) -> dict:
    explained = subprocess.run(
        programs.train(shape, "--explain", "--json"), capture_output=True, text=True, check=True).stdout
    ways: list[dict] = []
    # By what the answer is to be: Feast knows rows before they were known, which is `--knowledge clean`.
    references: dict[str, Path] = {}
    measurements = run(programs.of(shape), shape, folder)
    for program in programs.of(shape):
        measured = measurements[program.way]
        way = {"way": program.way, "seconds": measured.seconds, "peak_bytes": measured.peak_bytes, "cut_off": measured.is_cut_off,
               "agrees": "", "differences": []}
        if program.output and (knowledge := shape.knowledge(program.way)) not in references:
            references[knowledge] = program.output
            way["agrees"] = f"{agreement(program.output)['rows']:,} rows"
        elif program.output and not measured.is_cut_off:
            found = agreement(references[knowledge], program.output)
            way |= {"agrees": f"all {found['values']:,} equal", "differences": found["differences"]}
        say(f"{shape.name}: {TITLES[program.way]}\n"
            f"    {measured.seconds:.2f} s{' and cut off' if measured.is_cut_off else ''}, {measured.peak_bytes / 2**20:.0f} MiB"
            f" {way['agrees']} {'; '.join(way['differences'])}")
        ways.append(way)
    return {
        "shape": shape.name, "about": shape.about, "ways": ways, "choice": json.loads(explained), "machine": machine(postgres),
        "measured_at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"), "commit": commit(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asof", required=True, help="the program to measure, a release build")
    parser.add_argument("--shapes", default="", help="some of: " + ", ".join(shape.name for shape in SHAPES))
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "asof-bench-train",
                        help="where the data is and stays, for another run (default %(default)s)")
    parser.add_argument("--results", type=Path, default=HERE / "results.json")
    parser.add_argument("--load-only", action="store_true", help="make the data, and measure nothing")
    options = parser.parse_args()
    names = [name for name in options.shapes.replace(",", " ").split()]
    unknown = set(names) - {shape.name for shape in SHAPES}
    if unknown:
        parser.error(f"no shape {', '.join(sorted(unknown))}; there are: {', '.join(shape.name for shape in SHAPES)}")
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    include = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["cc", "-O2", f"-I{include}", str(HERE / "ways" / "copy_floor.c"), "-o", str(folder / "copy_floor"), "-lpq",
                    "-lpthread"], check=True)
    postgres = Postgres(folder)
    postgres.start()
    try:
        programs = Programs(options.asof, folder, postgres)
        failed = False
        for shape in SHAPES:
            if names and shape.name not in names:
                continue
            for loaded in SHAPES:
                if loaded.name in (shape.name, shape.tenth):
                    load(loaded, postgres)
            if options.load_only:
                continue
            result = bench(shape, programs, postgres, folder)
            results = report.keep([result], options.results)
            options.results.with_suffix(".md").write_text(report.markdown(results))
            say(f"\n{report.table(result)}\n\n{report.choice(result)}\n")
            failed = failed or any(way["differences"] for way in result["ways"])
        return 1 if failed else 0
    finally:
        postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
