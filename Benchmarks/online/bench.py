#!/usr/bin/env python3
"""Measures looking features up and filling Redis, on one machine, one Redis and the same data: 10,000 entities, 250 features in 5 views.

    bench.py --bin .build/release [--folder DIR] [--parts library,materialize,bytes,http,paced] [--seconds 2]

Parts:
    library      asof's lookup in process against the raw floor, hiredis in C with the same commands pipelined alike (redis_floor.c)
    materialize  rows a second from Postgres to Redis: asof's and Feast's, and raw pipelined HSETs of the same bytes; asof's of ten times
                 the entities too, where what a run takes whatever its size counts for less, and of tables without a primary key, whose
                 rows Postgres sorts
    bytes        what an entity takes in Redis, of both
    http         asof's server and Feast's Python server with its Redis store, by wrk (post.lua); for one connection also what a server in C
                 can do at most that asks Redis the same and gives a ready answer (http_floor.c)
    paced        both at a fixed rate, whether they keep up or not (paced.c)

What is compared is measured in turns, three times or nine, and the median counts: the machine's mood is nobody's merit. Feast's data is
needed by `bytes`, `http` and `paced`, and is written by `materialize`, or by the first of them.

Results are kept in results.json, a part's anew when it is measured anew, and shown in results.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "train"))

import report  # noqa: E402
import servers  # noqa: E402
from postgres import Postgres  # noqa: E402

ENTITIES = 10_000
TABLES = [f"bench_online_{view}" for view in range(5)]
SHAPES = [("1x50", 1, "fifty"), ("10x50", 10, "fifty"), ("100x50", 100, "fifty"), ("100x250", 100, "all")]
IN_FLIGHT = [1, 16, 64]
CONNECTIONS = [1, 16, 64]
REPETITIONS = 3
# With fewer answers than that from Feast in a turn, its turns are made one long one.
FEWEST_ANSWERS = 100
LONGEST_TURN = 24
# What is to be held, and where Feast's published server fails: requests a second for 100 entities x 250 features.
PACES = [("asof", 300), ("feast", 10)]


def output(*command: object, **settings) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **settings)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(str(part) for part in command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


@dataclass
class Store:
    """One size of the data: where it is in Postgres and in Redis."""
    name: str
    entities: int
    database: int
    offline: str
    online: str
    keys: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ASOF_OFFLINE_URL": self.offline, "ASOF_ONLINE_URL": self.online}


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
        self.pacer = self.folder / "paced"
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", self.pacer, HERE / "paced.c", "-lpthread"], check=True)
        self.http_floor = self.folder / "http_floor"
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", self.http_floor, HERE / "http_floor.c", "-lhiredis"], check=True)
        self.repository = None
        self.running: dict[str, servers.Server] = {}

    # Preparation

    def prepare(self) -> None:
        self.postgres.start()
        self.redis = servers.redis(self.folder / "redis")
        (self.folder / "asof.yaml").write_text("project: bench\nfeatures: features\n")
        shutil.copytree(HERE / "features", self.folder / "features", dirs_exist_ok=True)
        self.store = self.fill("asof", ENTITIES, database=0)

    def fill(self, name: str, entities: int, database: int) -> Store:
        """Tables of so many entities in a database of that name; the project, applied to it and materialized into a database of Redis."""
        if self.postgres.query(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "0":
            self.postgres.query(f"CREATE DATABASE {name}")
        if self.postgres.query(f"SELECT to_regclass('{TABLES[-1]}')", database=name) == "":
            self.postgres.psql("-v", f"entities={entities}", "-f", str(HERE / "generate.sql"), database=name)
        # Tables of an older folder, or of a run that was killed, may be without.
        self.set_keys(name, there=True)
        store = Store(name, entities, database, self.postgres.url.replace("/asof?", f"/{name}?"),
                      f"redis://127.0.0.1:{self.redis.port}/{database}", self.folder / f"keys-{name}")
        output(self.bin / "asof", "apply", cwd=self.folder, env=store.environment)
        output(self.bin / "asof", "materialize", "--full", cwd=self.folder, env=store.environment)
        keys = subprocess.run(
            [self.bin / "online-benchmark", "keys", store.offline, store.online, str(entities)], capture_output=True, text=True,
            check=True)
        store.keys.write_text(keys.stdout)
        self.fields = keys.stderr.split()
        return store

    def set_keys(self, database: str, there: bool) -> None:
        """Gives the tables that lack it a primary key, or takes it from those that have it."""
        for table in TABLES:
            query = f"SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'p')"
            if (self.postgres.query(query, database=database) == "t") != there:
                change = "ADD PRIMARY KEY (card_id)" if there else f"DROP CONSTRAINT {table}_pkey"
                self.postgres.query(f"ALTER TABLE {table} {change}", database=database)

    def fields_of(self, service: str) -> list[str]:
        return self.fields[:1] if service == "fifty" else self.fields

    # Parts

    def library(self) -> None:
        found = []
        for shape, rows, service in SHAPES:
            for depth in IN_FLIGHT:
                floor, ours, on_thread = [], [], []
                for _ in range(REPETITIONS):
                    floor.append(float(output(
                        self.floor, "get", "127.0.0.1", self.redis.port, self.store.keys, rows, depth, self.seconds / 3,
                        *self.fields_of(service))))
                    for results, way in ((ours, "lookup"), (on_thread, "lookup-on-thread")):
                        results.append(float(output(
                            self.bin / "online-benchmark", way, self.store.offline, self.store.online, service, rows, depth,
                            self.seconds / 3)))
                found.append({
                    "shape": shape, "in_flight": depth, "floor": median(floor), "asof": median(ours),
                    "asof_on_thread": median(on_thread)})
                self.say(found[-1])
        self.results["library"] = found

    def http(self) -> None:
        self.serve()
        found = {name: [] for name in [*self.running, "floor"]}
        for shape, rows, service in SHAPES:
            for connections in CONNECTIONS:
                competitors = dict(self.running)
                if connections == 1:
                    competitors["floor"] = self.floor_server(rows, service)
                turns = {name: [] for name in competitors}
                seconds = {name: self.seconds for name in competitors}
                for server in competitors.values():
                    self.load(server, rows, service, connections, 1)
                for _ in range(REPETITIONS):
                    for name, server in competitors.items():
                        if turns[name] and seconds[name] == LONGEST_TURN:
                            continue
                        turn = self.load(server, rows, service, connections, seconds[name])
                        if turn["requests"] < FEWEST_ANSWERS and not turns[name]:
                            # Too few to tell a percentile by.
                            seconds[name] = LONGEST_TURN
                            turn = self.load(server, rows, service, connections, LONGEST_TURN)
                        turns[name].append(turn)
                for name, measured in turns.items():
                    middle = {key: median([turn[key] for turn in measured]) for key in measured[0]}
                    memory = competitors[name].resident_megabytes()
                    found[name].append({"shape": shape, "connections": connections, **middle, "memory_mb": memory})
                    self.say({"server": name, **found[name][-1]})
                if connections == 1:
                    competitors["floor"].stop()
        self.results["server"], self.results["feast"], self.results["http_floor"] = found["asof"], found["feast"], found["floor"]

    def floor_server(self, rows: int, service: str) -> servers.Server:
        """The server in C, which gives one of asof's answers over and over."""
        body = json.dumps({"feature_service": service, "entities": {"card_id": list(range(rows))}}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.running['asof'].port}/get-online-features", body)
        answer = self.folder / "answer"
        answer.write_bytes(urllib.request.urlopen(request).read())
        port = servers.free_port()
        command = [self.http_floor, port, self.redis.port, self.store.keys, rows, answer, *self.fields_of(service)]
        return servers.Server(command, port, self.folder / "floor.log").wait()

    def load(self, server: servers.Server, rows: int, service: str, connections: int, seconds: float) -> dict:
        settings = {**os.environ, "ROWS": str(rows), "SERVICE": service, "ENTITIES": str(ENTITIES)}
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", HERE / "post.lua"]
        before = server.processor_seconds()
        text = output(*command, f"http://127.0.0.1:{server.port}/", env=settings)
        used = server.processor_seconds() - before
        server.settle()
        line = next(line for line in text.splitlines() if line.startswith("RESULT"))
        rate, p50, p99, p999, errors, requests = map(float, line.split()[1:])
        return {"rate": rate, "p50_ms": p50, "p99_ms": p99, "p999_ms": p999, "cpu_ms": 1000 * used / max(1, requests),
                "requests": requests, "errors": errors}

    def paced(self) -> None:
        self.serve()
        found = []
        for name, pace in PACES:
            server = self.running[name]
            command = [self.pacer, server.port, pace]
            output(*command, 2, 16, 100, "all", ENTITIES)
            server.settle()
            before = server.processor_seconds()
            rate, p50, p99, p999, failed = map(float, output(*command, 10, 16, 100, "all", ENTITIES).split())
            used = server.processor_seconds() - before
            server.settle()
            found.append({"server": name, "pace": pace, "rate": rate, "p50_ms": p50, "p99_ms": p99, "p999_ms": p999,
                          "failed": failed, "cpu_share": used / 10})
            self.say(found[-1])
        self.results["paced"] = found

    def serve(self) -> None:
        """Starts both servers, once for all parts."""
        if self.running:
            return
        if not self.repository:
            self.materialize_feast()
        port = servers.free_port()
        self.running["asof"] = servers.Server(
            [self.bin / "asof", "serve", "--port", port], port, self.folder / "serve.log", cwd=self.folder, env=self.store.environment)
        port = servers.free_port()
        self.running["feast"] = servers.Server(
            [Path(sys.executable).parent / "feast", "serve", "--host", "127.0.0.1", "--port", port, "--workers", 2,
             "--no-access-log"],
            port, self.folder / "feast.log", cwd=self.repository, env={**os.environ, "FEAST_USAGE": "False"})
        self.running["asof"].wait("/health")
        self.running["feast"].wait("/health", 120)

    def stop(self) -> None:
        for server in self.running.values():
            server.stop()
        if hasattr(self, "redis"):
            self.redis.stop()
        self.postgres.stop()

    def materialize(self) -> None:
        found = self.materialize_store(self.store)
        found["feast"] = self.materialize_feast()
        found["tenfold"] = self.materialize_store(self.fill("tenfold", 10 * ENTITIES, database=2))
        output("redis-cli", "-p", self.redis.port, "-n", 2, "flushdb")
        self.results["materialize"] = found

    def materialize_store(self, store: Store) -> dict:
        ways = {"floor": [], "copy": [], "asof_without_key": [], "asof": [], "asof_again": []}
        # What takes a fifth of a second is soon measured more often.
        for _ in range(REPETITIONS if store.entities > ENTITIES else 3 * REPETITIONS):
            ways["copy"].append(self.copy_alone(store))
            ways["floor"].append(float(output(
                self.floor, "set", "127.0.0.1", self.redis.port, store.keys, store.database, 9, *self.fields)))
            for way in ("asof_without_key", "asof", "asof_again"):
                if way != "asof_again":
                    output("redis-cli", "-p", self.redis.port, "-n", store.database, "flushdb")
                    self.set_keys(store.name, there=way == "asof")
                ways[way].append(float(output(self.bin / "online-benchmark", "materialize", store.offline, store.online)))
            self.say({"entities": store.entities} | {way: turns[-1] for way, turns in ways.items()})
        return {way: median(turns) for way, turns in ways.items()}

    def copy_alone(self, store: Store) -> float:
        """Rows a second out of Postgres and no further: the five tables by binary COPY, two at a time, one for each processor."""
        def read(table: str) -> None:
            command = [
                "psql", "-X", "-q", "-h", str(self.postgres.socket), "-U", "asof", "-d", store.name,
                "-c", f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)"]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        start = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(read, TABLES))
        return 5 * store.entities / (time.monotonic() - start)

    def materialize_feast(self) -> float:
        """Feast's repository, applied and materialized into database 1; rows a second."""
        self.repository = self.folder / "feast"
        self.repository.mkdir(exist_ok=True)
        (self.repository / "feature_store.yaml").write_text(f"""
project: bench
provider: local
registry: {{registry_type: file, path: registry.db, cache_ttl_seconds: 3600}}
online_store: {{type: redis, connection_string: "127.0.0.1:{self.redis.port},db=1"}}
offline_store: {{type: postgres, host: {self.postgres.socket}, port: 5432, database: asof, db_schema: public, user: asof, password: ''}}
entity_key_serialization_version: 3
""")
        (self.repository / "definitions.py").write_text((HERE / "feast" / "definitions.py").read_text())
        environment = {**os.environ, "FEAST_USAGE": "False", "IS_TEST": "True"}
        output(Path(sys.executable).parent / "feast", "apply", cwd=self.repository, env=environment)
        # In process: what it takes to start Python is not counted.
        script = (
            "import time, datetime, feast; store = feast.FeatureStore('.'); start = time.monotonic();"
            "store.materialize(datetime.datetime(2023, 12, 1), datetime.datetime(2024, 2, 1));"
            "print('SECONDS', time.monotonic() - start)")
        text = output(sys.executable, "-c", script, cwd=self.repository, env=environment)
        seconds = float(next(line for line in text.splitlines() if line.startswith("SECONDS")).split()[1])
        self.say({"feast materialize rows/s": 5 * ENTITIES / seconds})
        return 5 * ENTITIES / seconds

    def bytes(self) -> None:
        if not self.repository:
            self.materialize_feast()
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
    parser.add_argument("--parts", default="library,materialize,bytes,http,paced")
    parser.add_argument("--seconds", type=float, default=2)
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
        bench.stop()


if __name__ == "__main__":
    main()
