#!/usr/bin/env python3
"""PinLanding over several seeds: scripts/pinlanding_table.py --out results/pinlanding/wardrobe outputs/pinlanding_wardrobe/seed_*

Reads judge/result.json and assign/report.md of each pipeline's folder; writes table.md (mean and sample deviation over the seeds),
table.csv (every seed) and provenance.json, and
copies the first one's judge tables, figures, report and assign/report.md. The paper's own figures stand beside as reported elsewhere (arXiv:2503.00619).
"""
import argparse
import csv
import json
import pathlib
import shutil
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "benchmarks"))
from provenance import write_provenance

FAMILIES = ["color", "main material", "fit and stretch", "shape", "style", "season and festival", "occasion", "brand"]
ROWS = ([("precision@10", "precision@10", "0.96; its baseline 0.84")] + [(f"precision@10.{f}", f"precision@10, {f}", {"style": "1.00", "brand": "1.00"}.get(f, "")) for f in FAMILIES] +
        [("topics", "distinct topics", "4 times the baseline's"), ("topics_at_baseline_precision", "topics at the baseline's precision", ""),
         ("demand_exact", "share of demand met exactly", ""), ("demand_answered", "share of demand answered", "")])


def text(values, digits):
    if not values:
        return "-"
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def report_rows(folder):
    """Rows of assign/report.md's table by their first cell."""
    lines = [line.strip("| ").split("|") for line in open(folder / "assign" / "report.md") if line.startswith("|")]
    head = [cell.strip() for cell in lines[0]]
    return {row[0].strip(): dict(zip(head, (cell.strip() for cell in row))) for row in lines[2:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    a = parser.parse_args()
    results = [json.load(open(folder / "judge" / "result.json")) for folder in a.folders]
    metrics = [result["metrics"]["test"] for result in results]
    lines = [f"Feeds of assigned attributes against collections of the search log, {len(metrics)} seeds", "",
             "| figure | feeds | search log | the paper's, reported elsewhere |", "|---|---|---|---|"]
    for key, title, paper in ROWS:
        of = lambda system: [m[f"{system}.{key}"] for m in metrics if f"{system}.{key}" in m]
        digits = 0 if key.startswith("topics") else 3
        lines.append(f"| {title} | {text(of('feeds'), digits)} | {text(of('baseline'), digits)} | {paper} |")
    lines.append(f"| topics, times the baseline's | {text([m['topics_ratio'] for m in metrics], 2)} | 1.00 | 4 |")
    lines.append(f"| product to attribute, recall@10 | {text([m['product_to_attribute.recall@10'] for m in metrics], 3)} | - | 0.997, by another definition |")
    reports = [report_rows(folder) for folder in a.folders]
    columns = [("distinct", 0), ("a product", 2), ("precision", 3), ("recall", 3)]  # the last two only where the truth is known
    columns = [(name, digits) for name, digits in columns if name in reports[0]["raw"]]
    lines += ["", "| attributes | " + " | ".join(name for name, _ in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in ("raw", "curated", "assigned"):
        cells = [text([float(report[name][column]) for report in reports], digits) for column, digits in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    a.out.mkdir(parents=True, exist_ok=True)
    (a.out / "table.md").write_text("\n".join(lines) + "\n")
    with open(a.out / "table.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = sorted({name for m in metrics for name in m})
        writer.writerow(["run", *names])
        for folder, m in zip(a.folders, metrics):
            writer.writerow([folder.name, *(m.get(name, "") for name in names)])
    kept = a.out / a.folders[0].name
    shutil.rmtree(kept, ignore_errors=True)
    (kept / "figures").mkdir(parents=True)
    judge = a.folders[0] / "judge"
    for file in [*sorted(judge.glob("*.md")), judge / "report.html", a.folders[0] / "assign" / "report.md"]:
        shutil.copy(file, kept / ("attributes.md" if file.name == "report.md" else file.name))
    for file in sorted((judge / "figures").glob("*.svg")):
        shutil.copy(file, kept / "figures")
    runs = [json.load(open(folder / "train" / "result.json")) for folder in a.folders]
    write_provenance(a.out, {"runs": [{"folder": folder.name, "train_seconds": run["train"]["seconds"], **run["environment"]}
                                      for folder, run in zip(a.folders, runs)]})
    print("\n".join(lines))


if __name__ == "__main__":
    main()
