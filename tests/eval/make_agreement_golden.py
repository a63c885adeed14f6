"""Writes tests/eval/golden/agreement.json: rating tables with the answers of scikit-learn, statsmodels and krippendorff.

    $(scripts/peers agreement) tests/eval/make_agreement_golden.py [../shared/data/chorus_judgments/Broad_Query_Set_individual_ratings.csv]

With the CSV, the answers on its three raters are kept too (the ratings themselves are not).
"""
import csv
import json
import pathlib
import sys

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa


def answers(table):
    """table: [items, raters] float, NaN for a gap."""
    both = ~np.isnan(table[:, :2]).any(axis=1)
    a, b = table[both, 0], table[both, 1]
    complete = table[~np.isnan(table).any(axis=1)]
    categories = {value: i for i, value in enumerate(np.unique(table[~np.isnan(table)]))}
    coded = np.vectorize(categories.get)(complete)
    result = {}
    for name, weights in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
        codes = np.unique(np.concatenate([a, b]))
        result["cohen_" + name] = cohen_kappa_score(np.searchsorted(codes, a), np.searchsorted(codes, b), weights=weights)
    result["fleiss"] = fleiss_kappa(aggregate_raters(coded)[0])
    for scale in ("nominal", "ordinal", "interval"):
        result["krippendorff_" + scale] = krippendorff.alpha(reliability_data=table.T, level_of_measurement=scale)
    return {name: float(value) for name, value in result.items()}


def random_tables():
    random = np.random.default_rng(3)
    for items, raters, categories, gaps, copied in ((30, 2, 2, 0.0, 0.6), (40, 3, 4, 0.2, 0.5), (40, 5, 3, 0.2, 0.8), (60, 3, 2, 0.1, 0.0)):
        truth = random.integers(0, categories, size=(items, 1))
        table = np.where(random.random((items, raters)) < copied, truth, random.integers(0, categories, size=(items, raters))).astype(float)
        table[random.random((items, raters)) < gaps] = np.nan
        yield table * 1.5 if categories == 4 else table


def main():
    golden = {"tables": []}
    for table in random_tables():
        rows = [[None if np.isnan(value) else value for value in row] for row in table]
        golden["tables"].append({"ratings": rows, "answers": answers(table)})
    if len(sys.argv) > 1:
        with open(sys.argv[1], newline="") as file:
            rows = list(csv.DictReader(file))
        columns = [f"agent_{i}_rating" for i in (1, 2, 3)]
        table = np.array([[float(row[c]) if row[c] else np.nan for c in columns] for row in rows])
        golden["chorus"] = {"items": len(table), "answers": answers(table)}
    path = pathlib.Path(__file__).parent / "golden" / "agreement.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
