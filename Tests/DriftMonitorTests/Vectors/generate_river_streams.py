#!/usr/bin/env python3
"""Writes river_streams.json: what river's detectors say of streams of the vector file's generator, which ours are held against.

    pip install river==0.23.0 && python3 generate_river_streams.py
"""
import json
import pathlib

import river
from river import drift
from river.drift.binary import hddm_w
from river.drift.adwin_c import AdaptiveWindowing


class WeightedMean:
    """river 0.23 takes a weighted mean of exactly 0 for one without a value, so the first 1 after zeros makes it 1 (and HDDM_W warn).
    The published detector has no such rule; here is the mean without it."""

    def __init__(self, factor):
        self.factor, self.mean = factor, None

    def update(self, x):
        self.mean = x if self.mean is None else self.factor * x + (1 - self.factor) * self.mean

    def get(self):
        return self.mean if self.mean is not None else 0.0


class Statistics:
    EWMean = WeightedMean


hddm_w.stats = Statistics


def lcg(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) * 2.0**-53


def stream(spec):
    source = lcg(spec["lcg"])
    values = []
    for segment in spec["segments"]:
        for _ in range(segment["n"]):
            if segment["kind"] == "bernoulli":
                values.append(1.0 if next(source) < segment["p"] else 0.0)
            elif segment["kind"] == "uniform":
                values.append(next(source))
            else:
                total = 0.0
                for _ in range(12):
                    total += next(source)
                values.append(segment["mean"] + segment["sd"] * (total - 6))
    return values


class Retained:
    def __init__(self, **parameters):
        self.window = AdaptiveWindowing(**parameters)
        self.drift_detected = False

    def update(self, value):
        self.drift_detected = self.window.update(value)


def run(detector, values):
    drifts, warnings = [], []
    for index, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            drifts.append(index)
        elif getattr(detector, "warning_detected", False):
            warnings.append(index)
    return {"drifts": drifts, "warnings": warnings}


flags = [
    {"lcg": seed, "segments": [{"n": 1500, "kind": "bernoulli", "p": p}, {"n": 1500, "kind": "bernoulli", "p": q}]}
    for seed, p, q in [(301, 0.1, 0.3), (302, 0.4, 0.1), (303, 0.01, 0.05), (304, 0.5, 0.5), (305, 0.9, 0.6)]
]
numbers = [
    {"lcg": seed, "segments": [{"n": 1500, "kind": kind, "mean": 0, "sd": 1}, {"n": 1500, "kind": kind, "mean": m, "sd": sd}]}
    for seed, kind, m, sd in [(401, "irwin", 0.5, 1), (402, "irwin", -1, 2), (403, "irwin", 0, 4), (404, "uniform", 0, 1)]
]

cases = []
for spec in flags + numbers:
    values = stream(spec)
    found = {
        "adwin": run(Retained(delta=0.002, clock=32, max_buckets=5, min_window_length=5, grace_period=10), values),
        "adwin_clock_7_delta_.05_buckets_3": run(
            Retained(delta=0.05, clock=7, max_buckets=3, min_window_length=10, grace_period=40), values
        ),
        "page_hinkley_down": run(drift.PageHinkley(min_instances=50, delta=0.02, threshold=15, alpha=0.999, mode="down"), values),
    }
    if spec in flags:
        found["ddm"] = run(drift.binary.DDM(), values)
        found["eddm"] = run(drift.binary.EDDM(), values)
        found["hddm_a_two_sided"] = run(drift.binary.HDDM_A(two_sided_test=True), values)
        found["hddm_w"] = run(drift.binary.HDDM_W(), values)
        found["hddm_w_two_sided_lambda_.01"] = run(drift.binary.HDDM_W(lambda_val=0.01, two_sided_test=True), values)
    cases.append({"stream": spec, "found": found})

path = pathlib.Path(__file__).with_name("river_streams.json")
path.write_text(json.dumps({"river": river.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(path, path.stat().st_size)
