"""Runs a program and says how long it took and how much memory it had."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Measurement:
    seconds: float
    # The greatest that the process had; what Postgres has for it is not in it.
    peak_bytes: int
    is_cut_off: bool = False
    # What it wrote to standard output.
    output: str = ""


def run(command: list[str], limit_seconds: int, log: Path, environment: dict[str, str]) -> Measurement:
    """One run, start of the program included. A way that fails ends the benchmark: there is nothing to compare."""
    with open(log, "wb") as errors, open(log.with_suffix(".out"), "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, start_new_session=True, env={**os.environ, **environment})
        signalled = False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if not signalled and time.monotonic() - start > limit_seconds:
                os.killpg(process.pid, signal.SIGKILL)
                signalled = True
            time.sleep(0.002)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 and not signalled:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-3000:]}")
    return Measurement(seconds, usage.ru_maxrss * 1024, signalled, log.with_suffix(".out").read_text())


def median(runs: list[Measurement]) -> Measurement:
    """The run of median time, with the greatest memory of all."""
    if any(run.is_cut_off for run in runs):
        return next(run for run in runs if run.is_cut_off)
    middle = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    return Measurement(middle.seconds, max(run.peak_bytes for run in runs), False, middle.output)
