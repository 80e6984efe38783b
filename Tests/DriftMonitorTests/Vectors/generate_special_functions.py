#!/usr/bin/env python3
"""Writes special_functions.json: values of scipy's special functions over grids, which ours are held against.

    python3 generate_special_functions.py     (scipy 1.17; nothing else reads this script)
"""
import json
import math
import pathlib

import numpy as np
import scipy
from scipy import special, stats

rows = {}
rows["normal_cdf"] = [[z, stats.norm.cdf(z)] for z in [-37, -12.5, -8, -5, -3, -1, -1e-3, 0, 1e-9, 0.5, 1, 2, 4, 8]]
rows["normal_quantile"] = [
    [p, stats.norm.ppf(p)] for p in [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.025, 0.074, 0.076, 0.3, 0.5, 0.9, 0.975, 1 - 1e-9]
]
shapes = [1e-3, 0.5, 1, 2.5, 17, 300, 20000, 1e6]
rows["beta"] = [
    [x, a, b, special.betainc(a, b, x)]
    for a in shapes
    for b in shapes
    for x in sorted({1e-6, 0.1, 0.5, 0.9, a / (a + b), min(1.1 * a / (a + b), 0.999), 0.9 * a / (a + b)})
]
rows["beta_quantile"] = [
    [p, a, b, special.betaincinv(a, b, p)]
    for a in [0.5, 1, 2.5, 17, 300, 20000]
    for b in [0.5, 1, 2.5, 17, 300, 20000]
    for p in [1e-9, 0.005, 0.025, 0.5, 0.9, 0.99]
]
rows["gamma"] = [
    [a, x, special.gammainc(a, x), special.gammaincc(a, x)]
    for a in [1e-3, 0.5, 1, 1.5, 4.5, 30, 1000, 1e5]
    for x in [1e-9, 0.1, 1, 0.5 * a, a, 1.01 * a, 1.5 * a, a + 40]
]
rows["chi2_quantile"] = [
    [p, k, stats.chi2.ppf(p, k)] for p in [1e-6, 0.01, 0.05, 0.5, 0.95, 0.99, 1 - 1e-7] for k in [1, 2, 3, 9, 79, 1000]
]
rows["kolmogorov"] = [[x, special.kolmogorov(x)] for x in [0.05, 0.2, 0.4, 0.7, 0.99, 1.0, 1.01, 1.36, 1.63, 2.5, 4, 8]]
rows["kstwo"] = [
    [n, d, stats.kstwo.sf(d, n)]
    for n in [1, 2, 5, 7, 20, 100, 140, 141, 444, 1000, 5000, 200000]
    for d in sorted({0.6 / n, 1.0 / n, min(0.9, 0.3 / n**0.5), min(0.95, 0.8 / n**0.5), min(0.99, 1.36 / n**0.5),
                     min(0.995, 2.0 / n**0.5), min(0.999, 3.5 / n**0.5)})
]
rows["ks_exact"] = []
rng = np.random.default_rng(7)
for n, m in [(1, 1), (3, 4), (7, 7), (15, 12), (40, 25), (100, 90), (60, 60), (200, 7)]:
    for shift in [0, 0.5, 2]:
        x = np.round(rng.normal(size=n), 6)
        y = np.round(rng.normal(size=m) + shift, 6)
        result = stats.ks_2samp(x, y, method="exact")
        rows["ks_exact"].append([n, m, float(result.statistic), float(result.pvalue)])
rows["fisher"] = [
    [a, n, b, m, stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue]
    for a, n, b, m in [(0, 10, 3, 12), (1, 200, 6, 150), (3, 50, 3, 50), (8, 20, 1, 25), (0, 5, 0, 7), (2, 1000, 9, 1100)]
]

rows["exact_sum"] = []
for size, spread in [(1, 0), (3, 300), (50, 20), (200, 600), (1000, 1000), (1000, 3), (40, 1074)]:
    values = rng.normal(size=size) * 2.0 ** rng.integers(-spread, min(spread, 900) + 1, size=size)
    # Half of them cancel, so that what is left is small.
    values = np.concatenate([values, -values[: size // 2], [1e308, -1e308, 5e-324]])
    rows["exact_sum"].append([math.fsum(rng.permutation(values).tolist())] + rng.permutation(values).tolist())

out = {name: [[float(v) for v in row] for row in values] for name, values in rows.items()}
path = pathlib.Path(__file__).with_name("special_functions.json")
path.write_text(json.dumps({"scipy": scipy.__version__, "grids": out}, indent=None, separators=(",", ":")).replace("]],", "]],\n") + "\n")
print(path, sum(len(v) for v in out.values()))
