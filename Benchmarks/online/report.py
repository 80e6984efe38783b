"""results.md from results.json."""

import os
import subprocess

SHAPES = ["1x50", "10x50", "100x50", "100x250"]


def machine(postgres) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout.split("v=")[1].split()[0]
    version = postgres.query("SHOW server_version").split()[0]
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, Redis {redis}, Postgres {version}"


def number(value: float) -> str:
    if value < 0:
        # The processor time of a server of which a process ended meanwhile.
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows), ""]


def by_load(results: dict, name: str) -> dict:
    return {(found["shape"], found["connections"]): found for found in results.get(name, [])}


def memory(found: dict) -> str:
    return " + ".join(number(size) for size in found["memory_mb"])


def materialized(found: dict) -> list[list[str]]:
    # Both keep both processors busy, so nothing that does both takes much less than both in turn.
    both = 1 / (1 / found["floor"] + 1 / found["copy"])

    def shares(rate: float) -> str:
        return f"{rate / found['floor']:.0%} of HSET alone, {rate / found['copy']:.0%} of COPY alone, {rate / both:.0%} of one after the other"
    # Results from before tables had a key have no such line.
    without_key = [["asof, into an empty Redis, tables without a key", number(found["asof_without_key"]),
                    shares(found["asof_without_key"])]] if "asof_without_key" in found else []
    return [["HSET alone, in C", number(found["floor"]), ""],
            ["COPY alone, out of Postgres", number(found["copy"]), "the five tables whole, two at a time"],
            ["COPY, then HSET, and nothing between", number(both), f"{both / found['floor']:.0%} of HSET alone: what there is to reach"],
            ["asof, into an empty Redis", number(found["asof"]), shares(found["asof"])],
            *without_key,
            ["asof, over rows that are there", number(found["asof_again"]), shares(found["asof_again"])]]


def share(found: dict, way: str) -> list[str]:
    if way not in found:
        return ["–", "–"]
    return [number(found[way]), f"{found[way] / found['floor']:.0%}"]


def text(results: dict) -> str:
    lines = [
        "# Online: lookups and materialization", "",
        f"Written by `make bench-online` on {results.get('measured')}: {results.get('machine')}; the load comes from the same machine. "
        "10,000 entities, 250 float64 features in 5 views; a shape is entities × features of a request. One Redis on TCP for all; "
        "Feast 0.67 with two workers, one for each core.", ""]
    if "library" in results:
        lines += ["## The library against hiredis in C", "",
                  "Lookups a second; every value is read. The floor sends the same HMGETs on one connection, as many together as the "
                  "library has tasks, and drops the replies. On its thread: with the tasks on the connection's own thread "
                  "(`withTaskExecutorPreference(features.executor)`), which crosses no threads and takes one core at most.", ""]
        lines += table(["shape", "in flight", "floor", "asof", "share", "on its thread", "share"], [
            [found["shape"], str(found["in_flight"]), number(found["floor"]), *share(found, "asof"), *share(found, "asof_on_thread")]
            for found in results["library"]])
    ours, feast, floor = (by_load(results, name) for name in ("server", "feast", "http_floor"))
    if ours:
        lines += ["## The server over HTTP, against Feast's", "",
                  "wrk, POST /get-online-features, other entities each time; the servers in turns, medians of three. CPU is the server's, per request; memory of each process, after it. The floor is one thread in C "
                  "that asks Redis the same, by hiredis, and gives a ready answer of the same size: what it takes on this machine to wake "
                  "wrk, a server and Redis in turns, p99 included.", ""]
        rows = []
        for key in ours:
            for name, measured in (("asof", ours), ("Feast", feast), ("floor", floor)):
                if key not in measured:
                    continue
                found = measured[key]
                label = [key[0], str(key[1])] if name == "asof" else ["", ""]
                rows.append([*label, name, number(found["rate"]), number(found["p50_ms"]), number(found["p99_ms"]),
                             number(found["p999_ms"]), number(found["cpu_ms"]), memory(found), f"{found['errors']:.0f}"])
        lines += table(["shape", "connections", "server", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "CPU ms", "memory MB", "errors"], rows)
    if ours and feast:
        lines += table(["shape", "connections", "throughput, times Feast's", "p99, part of Feast's"], [
            [key[0], str(key[1]), number(found["rate"] / feast[key]["rate"]), f"1/{feast[key]['p99_ms'] / max(0.001, found['p99_ms']):.0f}"]
            for key, found in ours.items() if key in feast and feast[key]["rate"] > 0])
    if "paced" in results:
        lines += ["## At a fixed rate", "",
                  "100 entities × 250 features over 16 connections for 10 seconds; a request's latency counts from the instant at which "
                  "it was due. CPU is the server's, in cores.", ""]
        lines += table(["server", "asked a second", "answered", "p50 ms", "p99 ms", "p99.9 ms", "CPU", "failed"], [
            [found["server"], number(found["pace"]), number(found["rate"]), number(found["p50_ms"]), number(found["p99_ms"]),
             number(found["p999_ms"]), number(found["cpu_share"]), f"{found['failed']:.0f}"] for found in results["paced"]])
    filled = results.get("materialize", {})
    if "asof" in filled:
        lines += ["## Materialization", "",
                  "Rows a second, of 50 features each: 5 views of 10,000 rows, from Postgres to Redis. The tables have a primary key on "
                  "the join key, unless it says otherwise; without one Postgres sorts them by it. The floor is pipelined HSETs of "
                  "the same bytes, from memory.", ""]
        rows = materialized(filled)
        if "feast" in filled:
            rows.append(["Feast `materialize`", number(filled["feast"]), f"asof is {filled['asof'] / filled['feast']:.0f} times as fast"])
        if "tenfold" in filled:
            rows += [["Ten times the entities:", "", ""]] + materialized(filled["tenfold"])
        lines += table(["way", "rows/s", ""], rows)
    stored = results.get("bytes")
    if stored:
        lines += ["## Bytes in Redis", "", "`MEMORY USAGE` of one entity with its 250 features, all told.", ""]
        lines += table(["", "bytes", "fields", "bytes per feature"], [
            [name, number(found["bytes"]), str(found["fields"]), f"{found['per_feature']:.1f}"] for name, found in stored.items()])
    return "\n".join(lines)
