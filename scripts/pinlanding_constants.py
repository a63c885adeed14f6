#!/usr/bin/env python3
"""What a constant that the paper does not state changes, one at a time: scripts/pinlanding_constants.py --out FOLDER SWEEP...

Each SWEEP is the folder of a sweep of pipelines, named after the key that varies (experiments/pinlanding/README.md); reads p/judge/result.json and p/assign/report.md of its jobs; writes table.md, table.csv and provenance.json.
"""
import argparse
import csv
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "benchmarks"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pinlanding_table import report_rows
from provenance import write_provenance

COLUMNS = [("feeds.precision@10", "precision@10", 3), ("feeds.topics", "topics", 0), ("topics_ratio", "times the baseline's", 2),
           ("feeds.topics_at_baseline_precision", "topics at the baseline's precision", 0), ("feeds.demand_answered", "demand answered", 3)]


def value_of(job, key):
    """The job's value of `key`, from its composed configuration's override."""
    for line in open(job / ".hydra" / "overrides.yaml"):
        text = line.strip().removeprefix("- ").strip("'\"")
        if text.startswith(key + "="):
            return text.partition("=")[2]
    sys.exit(f"{job}: no override of {key}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweeps", nargs="+", type=pathlib.Path, help="named after the key that varies")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    a = parser.parse_args()
    rows = []
    for sweep in a.sweeps:
        jobs = [result.parents[2] for result in sweep.glob("*/p/judge/result.json")]
        for job in sorted(jobs, key=lambda job: float(value_of(job, sweep.name))):
            metrics = json.load(open(job / "p/judge/result.json"))["metrics"]["test"]
            assigned = report_rows(job / "p")["assigned"]
            rows.append([sweep.name, value_of(job, sweep.name)] + [metrics[key] for key, _, _ in COLUMNS] + [float(assigned["precision"]), float(assigned["recall"])])
    if not rows:
        sys.exit("no finished pipeline in " + ", ".join(map(str, a.sweeps)))
    titles = ["constant", "value"] + [title for _, title, _ in COLUMNS] + ["precision of assigned attributes", "recall of assigned attributes"]
    digits = [digit for _, _, digit in COLUMNS] + [3, 3]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    lines += ["| " + " | ".join(row[:2] + [f"{value:.{digit}f}" for value, digit in zip(row[2:], digits)]) + " |" for row in rows]
    a.out.mkdir(parents=True, exist_ok=True)
    (a.out / "table.md").write_text("\n".join(lines) + "\n")
    with open(a.out / "table.csv", "w", newline="") as file:
        csv.writer(file).writerows([titles] + rows)
    write_provenance(a.out, {})


if __name__ == "__main__":
    main()
