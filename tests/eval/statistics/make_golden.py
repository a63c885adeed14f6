"""What scipy and statsmodels say, for statistics_test.cpp.

    $(scripts/peers ranx) tests/eval/statistics/make_golden.py > tests/eval/statistics/golden.json
"""
import json

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(7)


def pair(count, shift, decimals):
    first = rng.uniform(0, 1, count).round(decimals)
    second = np.clip(first + rng.normal(shift, 0.2, count), 0, 1).round(decimals)
    return first, second


def mean_difference(x, y, axis):
    return np.mean(y - x, axis=axis)


tests = []
# Rounded to one digit, many queries are equal, as metrics are.
for count, shift, decimals in [(2, 0.1, 3), (5, 0.0, 1), (8, 0.3, 1), (12, 0.1, 3), (14, 0.05, 1), (300, 0.02, 2), (300, 0.0, 2)]:
    first, second = pair(count, shift, decimals)
    t = stats.ttest_rel(second, first)
    case = {"first": first.tolist(), "second": second.tolist(), "t": t.statistic, "t_p": t.pvalue}
    if count < 15:
        exact = stats.permutation_test((first, second), mean_difference, permutation_type="samples", n_resamples=np.inf, vectorized=True)
        case["permutation_p"] = exact.pvalue
    else:
        sampled = stats.permutation_test((first, second), mean_difference, permutation_type="samples", n_resamples=200000, vectorized=True,
                                         batch=2000, random_state=1)
        case["permutation_p"] = sampled.pvalue
    tests.append(case)

bootstraps = []
for values in [rng.uniform(0, 1, 50), rng.exponential(1, 200), (rng.uniform(0, 1, 400) < 0.07).astype(float)]:
    case = {"values": values.tolist()}
    for method in ["percentile", "BCa"]:
        interval = stats.bootstrap((values,), np.mean, n_resamples=200000, method=method, confidence_level=0.9, batch=1000, random_state=1)
        case[method] = list(interval.confidence_interval)
    case["standard_error"] = float(values.std(ddof=1) / np.sqrt(len(values)))
    bootstraps.append(case)

t_tails = [{"t": t, "degrees": df, "p": float(2 * stats.t.sf(abs(t), df))}
           for t in [0.0, 0.01, -0.7, 1.0, 2.5, -6.0, 40.0] for df in [1, 2, 5, 30, 771, 49999]]
quantiles = [{"p": p, "z": float(stats.norm.ppf(p))} for p in [1e-12, 1e-4, 0.01, 0.025, 0.3, 0.5, 0.77, 0.975, 0.9999]]
p_values = [[0.01], [0.04, 0.01, 0.03, 0.005], [0.5, 0.5, 0.001, 0.9], [0.02, 0.02, 0.02], rng.uniform(0, 1, 12).tolist()]
holm = [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in p_values]
json.dump({"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "tests": tests, "bootstraps": bootstraps,
           "t_tails": t_tails, "quantiles": quantiles, "holm": holm}, __import__("sys").stdout, indent=0)
