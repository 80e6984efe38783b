"""A private Postgres for the benchmark: one cluster, one socket, no TCP."""

import os
import shutil
import subprocess
from pathlib import Path

# All else is as Postgres comes: what a peer's SQL makes of it is what its user gets. asof sets what it needs itself, in its own
# transaction, as it does everywhere.
SETTINGS = {"listen_addresses": "", "timezone": "UTC"}


class Postgres:
    def __init__(self, folder: Path):
        self.data = folder / "postgres"
        self.socket = folder / "socket"
        programs = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        self.programs = Path(programs) if (Path(programs) / "initdb").exists() else found[-1].parent

    @property
    def conninfo(self) -> str:
        return f"host={self.socket} user=asof dbname=asof"

    @property
    def url(self) -> str:
        return f"postgresql://asof@/asof?host={self.socket}"

    @property
    def description(self) -> str:
        """Which Postgres, and the settings that a reader asks for first."""
        names = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "jit", "fsync")
        settings = ", ".join(f"{name} {self.query(f'SHOW {name}')}" for name in names)
        return f"Postgres {self.query('SHOW server_version').split()[0]} as it comes ({settings})"

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            for folder in (self.data, self.socket):
                folder.mkdir(parents=True)
                if os.getuid() == 0:
                    shutil.chown(folder, "postgres", "postgres")
            self._run("initdb", "-D", self.data, "-U", "asof", "--auth=trust", "--no-locale", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {name}={value}" for name, value in {**SETTINGS, "unix_socket_directories": self.socket}.items())
        # The last run may have been killed.
        if self._run("pg_ctl", "-D", self.data, "status", check=False) != 0:
            self._run("pg_ctl", "-D", self.data, "-o", options.replace("listen_addresses=", "listen_addresses=''"),
                      "-l", self.data / "log", "-w", "-t", "120", "start")
        if self.query("SELECT count(*) FROM pg_database WHERE datname = 'asof'", database="postgres") == "0":
            self.query("CREATE DATABASE asof", database="postgres")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", check=False)

    def query(self, sql: str, database: str = "asof") -> str:
        return self.psql("-tAc", sql, database=database)

    def psql(self, *arguments: str, database: str = "asof") -> str:
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket), "-U", "asof", "-d", database, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _run(self, program: str, *arguments: object, check: bool = True) -> int:
        command = [str(self.programs / program), *map(str, arguments)]
        if os.getuid() == 0:
            # Postgres refuses to run as root.
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
        if check and done.returncode != 0:
            raise SystemExit(f"{program}: {done.stderr.strip()}")
        return done.returncode
