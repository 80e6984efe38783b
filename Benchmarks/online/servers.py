"""The servers that are measured: a Redis on TCP, asof's, Feast's; with what they use of processor and memory."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process and its children, on a port."""

    def __init__(self, command: list, port: int, log: Path, **settings):
        self.port = port
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True, **settings)
        self.log = log

    def wait(self, path: str | None = None, seconds: float = 60) -> "Server":
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            try:
                if path is None:
                    socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                else:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2).close()
                return self
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise SystemExit(f"a server did not start; see {self.log}")

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def _processes(self) -> list[int]:
        """The server's session: itself and its workers."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.getsid(int(entry.name)) == self.process.pid:
                        found.append(int(entry.name))
                except OSError:
                    pass
        return found

    def processor_seconds(self) -> float:
        """Of all its processes, those that have ended too: Feast replaces its workers now and then."""
        ticks = 0
        for pid in self._processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def settle(self, seconds: float = 60) -> None:
        """Waits until it is idle: a server goes on with what it was asked after the client has gone."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            before = self.processor_seconds()
            time.sleep(0.3)
            if self.processor_seconds() - before < 0.05:
                return

    def resident_megabytes(self) -> list[float]:
        """Of each process, the largest first."""
        sizes = []
        for pid in self._processes():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    sizes.append(int(line.split()[1]) / 1024)
        return sorted(sizes, reverse=True)


def redis(folder: Path) -> Server:
    port = free_port()
    folder.mkdir(exist_ok=True)
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
    return Server(command, port, folder / "redis.log").wait()
