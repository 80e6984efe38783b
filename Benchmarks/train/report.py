"""Results as JSON, which a run of some shapes brings up to date, and as Markdown."""

import json
from pathlib import Path

from programs import TITLES
from shapes import SHAPES

FOLDER = Path(__file__).parent


def keep(results: list[dict], path: Path) -> list[dict]:
    """Adds results to those that a file has, in place of older ones of the same shapes. All of them, in the order of the shapes."""
    known = {result["shape"]: result for result in (json.loads(path.read_text()) if path.exists() else [])}
    known |= {result["shape"]: result for result in results}
    kept = [known[shape.name] for shape in SHAPES if shape.name in known]
    path.write_text(json.dumps(kept, indent=1) + "\n")
    return kept


def _seconds(way: dict) -> str:
    return f"> {way['seconds']:.0f}" if way["cut_off"] else f"{way['seconds']:.2f}"


def _ratio(way: dict, floor: dict | None) -> str:
    if floor is None or way["way"] == "floor":
        return ""
    return f"{'> ' if way['cut_off'] else ''}{way['seconds'] / floor['seconds']:.1f}"


def _memory(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"


def _agreement(way: dict) -> str:
    if way["cut_off"]:
        return "cut off"
    return "; ".join(way["differences"]) if way["differences"] else way["agrees"]


def table(result: dict) -> str:
    floor = next((way for way in result["ways"] if way["way"] == "floor"), None)
    lines = ["| way | seconds | to the floor | peak memory | values |", "|---|--:|--:|--:|---|"]
    for way in result["ways"]:
        lines.append(f"| {TITLES[way['way']]} | {_seconds(way)} | {_ratio(way, floor)} | {_memory(way['peak_bytes'])} "
                     f"| {_agreement(way)} |")
    return "\n".join(lines)


def choice(result: dict) -> str:
    chosen = result["choice"]
    estimates = ", ".join(
        f"{estimate['strategy']} {sum(part['seconds'] for part in estimate['parts']):.2f} s" for estimate in chosen["estimates"])
    return f"asof chooses `{chosen['chosen']}` (it expects {estimates})."


def choices(results: list[dict]) -> str:
    lines = ["| shape | merge | probe | chosen | against the fastest |", "|---|--:|--:|---|--:|"]
    for result in results:
        ways = {way["way"]: way for way in result["ways"] if way["way"] in ("merge", "probe")}
        if len(ways) < 2:
            continue
        fastest = min((way["seconds"] for way in ways.values() if not way["cut_off"]), default=None)
        chosen = ways[result["choice"]["chosen"]]
        against = "–" if fastest is None else f"{chosen['seconds'] / fastest:.2f}"
        lines.append(f"| {result['about']} | {_seconds(ways['merge'])} | {_seconds(ways['probe'])} | {result['choice']['chosen']} "
                     f"| {against} |")
    return "\n".join(lines)


def markdown(results: list[dict]) -> str:
    parts = [
        "# Training sets: measured\n\nWritten by `make bench-train`; `Benchmarks/train` says what is measured. Seconds are of whole "
        "programs, from start to the Parquet file on disk (median of several runs where there are several); \"to the floor\" is how "
        "many times the floor's seconds. Peak memory is the program's own; what Postgres takes for it is not in it. Values are "
        "compared with asof's, row by row; sums and means of floats to 1e-9.\n",
        "## What is chosen\n\n" + choices(results) + "\n",
    ]
    for result in results:
        parts.append(f"## {result['shape']}: {result['about']}\n\n{table(result)}\n\n{choice(result)}\n\n"
                     f"{result['machine']}, {result['measured_at']}, commit {result['commit']}.{result.get('note', '')}\n")
    return "\n".join(parts)
