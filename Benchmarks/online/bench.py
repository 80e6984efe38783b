#!/usr/bin/env python3
"""Measures looking features up and filling Redis, on one machine, one Redis and the same data: 10,000 entities, 250 features in 5 views.

    bench.py --bin .build/release [--folder DIR] [--parts library,server,feast,materialize,bytes] [--seconds 3]

Parts:
    library      asof's lookup in process against the raw floor, hiredis in C with the same commands pipelined alike (redis_floor.c)
    server       asof's server over HTTP, by wrk (post.lua)
    feast        Feast's Python server with its Redis store, the same
    materialize  rows a second from Postgres to Redis: asof's and Feast's, and raw pipelined HSETs of the same bytes
    bytes        what a view's row takes in Redis, of both

Results are kept in results.json, a part's anew when it is measured anew, and shown in results.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "train"))

import report  # noqa: E402
import servers  # noqa: E402
from postgres import Postgres  # noqa: E402

ENTITIES = 10_000
SHAPES = [("1x50", 1, "fifty"), ("10x50", 10, "fifty"), ("100x50", 100, "fifty"), ("100x250", 100, "all")]
IN_FLIGHT = [1, 16, 64]
CONNECTIONS = [1, 16, 64]


def output(*command: object, **settings) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **settings)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(str(part) for part in command)}: {done.stderr.strip()}")
    return done.stdout.strip()


class Bench:
    def __init__(self, options: argparse.Namespace):
        self.folder = Path(options.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bin = Path(options.bin).resolve()
        self.seconds = options.seconds
        self.results = json.loads((HERE / "results.json").read_text()) if (HERE / "results.json").exists() else {}
        self.postgres = Postgres(self.folder)
        self.floor = self.folder / "redis_floor"
        subprocess.run(["cc", "-O2", "-o", self.floor, HERE / "redis_floor.c", "-lhiredis"], check=True)

    # Preparation

    def prepare(self) -> None:
        self.postgres.start()
        if self.postgres.query("SELECT to_regclass('bench_online_4')") == "":
            self.postgres.psql("-v", f"entities={ENTITIES}", "-f", str(HERE / "generate.sql"))
        self.redis = servers.redis(self.folder / "redis")
        self.online = f"redis://127.0.0.1:{self.redis.port}/0"
        (self.folder / "asof.yaml").write_text("project: bench\nfeatures: features\n")
        shutil.copytree(HERE / "features", self.folder / "features", dirs_exist_ok=True)
        self.environment = {**os.environ, "ASOF_OFFLINE_URL": self.postgres.url, "ASOF_ONLINE_URL": self.online}
        self.asof("apply")
        self.asof("materialize", "--full")
        keys = subprocess.run(
            [self.bin / "online-benchmark", "keys", self.postgres.url, self.online], capture_output=True, text=True, check=True)
        self.keys = self.folder / "keys"
        self.keys.write_text(keys.stdout)
        self.fields = keys.stderr.split()

    def asof(self, *arguments: object) -> str:
        return output(self.bin / "asof", *arguments, cwd=self.folder, env=self.environment)

    def fields_of(self, service: str) -> list[str]:
        return self.fields[:1] if service == "fifty" else self.fields

    # Parts

    def library(self) -> None:
        found = []
        for shape, rows, service in SHAPES:
            for depth in IN_FLIGHT:
                # In turns, so that neither has the better half of the machine's mood.
                floor, ours = [], []
                for _ in range(3):
                    floor.append(float(output(
                        self.floor, "get", "127.0.0.1", self.redis.port, self.keys, rows, depth, self.seconds / 3,
                        *self.fields_of(service))))
                    ours.append(float(output(
                        self.bin / "online-benchmark", "lookup", self.postgres.url, self.online, service, rows, depth,
                        self.seconds / 3)))
                found.append({"shape": shape, "in_flight": depth, "floor": sorted(floor)[1], "asof": sorted(ours)[1]})
                self.say(found[-1])
        self.results["library"] = found

    def load(self, server: servers.Server, shapes: list, seconds: float) -> list:
        found = []
        for shape, rows, service in shapes:
            for connections in CONNECTIONS:
                settings = {**os.environ, "ROWS": str(rows), "SERVICE": service, "ENTITIES": str(ENTITIES)}
                command = ["wrk", "-t1", f"-c{connections}", "--timeout", "30s", "-s", HERE / "post.lua"]
                url = f"http://127.0.0.1:{server.port}/"
                output(*command, "-d1s", url, env=settings)
                before = server.processor_seconds()
                text = output(*command, f"-d{seconds}s", url, env=settings)
                used = server.processor_seconds() - before
                line = next(line for line in text.splitlines() if line.startswith("RESULT"))
                rate, p50, p99, p999, errors, requests = map(float, line.split()[1:])
                found.append({
                    "shape": shape, "connections": connections, "rate": rate, "p50_ms": p50, "p99_ms": p99, "p999_ms": p999,
                    "errors": int(errors), "cpu_ms": 1000 * used / max(1, requests), "memory_mb": server.resident_megabytes()})
                self.say(found[-1])
        return found

    def server(self) -> None:
        port = servers.free_port()
        server = servers.Server(
            [self.bin / "asof", "serve", "--port", port], port, self.folder / "serve.log", cwd=self.folder, env=self.environment)
        try:
            self.results["server"] = self.load(server.wait("/health"), SHAPES, self.seconds)
        finally:
            server.stop()

    def feast_repository(self) -> Path:
        repository = self.folder / "feast"
        repository.mkdir(exist_ok=True)
        (repository / "feature_store.yaml").write_text(f"""
project: bench
provider: local
registry: {{registry_type: file, path: registry.db, cache_ttl_seconds: 3600}}
online_store: {{type: redis, connection_string: "127.0.0.1:{self.redis.port},db=1"}}
offline_store: {{type: postgres, host: {self.postgres.socket}, port: 5432, database: asof, db_schema: public, user: asof, password: ''}}
entity_key_serialization_version: 3
""")
        (repository / "definitions.py").write_text((HERE / "feast" / "definitions.py").read_text())
        environment = {**os.environ, "FEAST_USAGE": "False", "IS_TEST": "True"}
        feast = Path(sys.executable).parent / "feast"
        output(feast, "apply", cwd=repository, env=environment)
        # In process: what it takes to start Python is not counted.
        script = (
            "import time, datetime, feast; store = feast.FeatureStore('.'); start = time.monotonic();"
            "store.materialize(datetime.datetime(2023, 12, 1), datetime.datetime(2024, 2, 1));"
            "print('SECONDS', time.monotonic() - start)")
        text = output(sys.executable, "-c", script, cwd=repository, env=environment)
        seconds = float(next(line for line in text.splitlines() if line.startswith("SECONDS")).split()[1])
        self.results.setdefault("materialize", {})["feast"] = 5 * ENTITIES / seconds
        self.say({"feast materialize rows/s": 5 * ENTITIES / seconds})
        return repository

    def feast(self) -> None:
        repository = self.feast_repository()
        port = servers.free_port()
        feast = Path(sys.executable).parent / "feast"
        environment = {**os.environ, "FEAST_USAGE": "False"}
        server = servers.Server(
            [feast, "serve", "--host", "127.0.0.1", "--port", port, "--workers", 2, "--no-access-log"], port,
            self.folder / "feast.log", cwd=repository, env=environment)
        try:
            self.results["feast"] = self.load(server.wait("/health", 120), SHAPES, self.seconds)
        finally:
            server.stop()
        self.bytes()

    def materialize(self) -> None:
        found = self.results.setdefault("materialize", {})
        floor, first, again = [], [], []
        for _ in range(3):
            floor.append(float(output(self.floor, "set", "127.0.0.1", self.redis.port, self.keys, 9, *self.fields)))
            output("redis-cli", "-p", self.redis.port, "-n", 0, "flushdb")
            for results in (first, again):
                results.append(float(output(self.bin / "online-benchmark", "materialize", self.postgres.url, self.online)))
            self.say({"floor": floor[-1], "empty": first[-1], "again": again[-1]})
        found["floor"], found["asof"], found["asof_again"] = sorted(floor)[1], sorted(first)[1], sorted(again)[1]

    def bytes(self) -> None:
        found = {}
        # By Lua, which takes any bytes of a key. Every entity has the same features, so any will do.
        script = "local k = redis.call('RANDOMKEY'); return {redis.call('MEMORY', 'USAGE', k, 'SAMPLES', 0), redis.call('HLEN', k)}"
        for name, database in (("asof", 0), ("feast", 1)):
            while True:
                text = output("redis-cli", "-p", self.redis.port, "-n", database, "eval", script, 0).split()
                # Not the marks of asof's runs, a hash of its own.
                if int(text[1]) >= 5 and int(text[0]) > 1000:
                    break
            found[name] = {"bytes": int(text[0]), "fields": int(text[1]), "per_feature": int(text[0]) / 250}
        self.results["bytes"] = found
        self.say(found)

    def say(self, found: object) -> None:
        print(json.dumps(found), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--folder", default="/tmp/asof-bench-online")
    parser.add_argument("--parts", default="library,server,feast,materialize")
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    options.seconds = max(1, int(options.seconds))
    bench = Bench(options)
    try:
        bench.prepare()
        for part in options.parts.split(","):
            getattr(bench, part)()
            bench.results["machine"] = report.machine(bench.postgres)
            bench.results["measured"] = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
            (HERE / "results.json").write_text(json.dumps(bench.results, indent=1) + "\n")
            (HERE / "results.md").write_text(report.text(bench.results))
    finally:
        if hasattr(bench, "redis"):
            bench.redis.stop()
        bench.postgres.stop()


if __name__ == "__main__":
    main()
