"""Ranking metrics of `twinset score` against ranx and pytrec_eval, query by query: random runs, ESCI's and Chorus's judgments.

    scripts/build twinset && $(scripts/peers ranx) scripts/parity/metrics.py [--data DATA] [--out results/metric_parity]

DATA holds esci_judgments/ and chorus_judgments/; without it only the random runs are compared. Exits with 1 if any value
differs by more than 1e-12. pytrec_eval gets runs with ties as they are (twinset's rule is trec_eval's). ranx sorts ties unstably:
its own order is read from it and given to twinset as the order of lines.
"""
import argparse
import collections
import csv
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import pytrec_eval
import ranx

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "benchmarks"))
from provenance import write_provenance  # noqa: E402

TREC = {"map": "map", "map@10": "map_cut_10", "mrr": "recip_rank", "r_precision": "Rprec", "bpref": "bpref", "ndcg": "ndcg",
        "ndcg@5": "ndcg_cut_5", "ndcg@10": "ndcg_cut_10", "ndcg@100": "ndcg_cut_100", "recall@10": "recall_10", "recall@100": "recall_100",
        "precision@10": "P_10", "precision@100": "P_100", "hit@1": "success_1", "hit@10": "success_10"}
RANX = {"map": "map", "map@10": "map@10", "mrr": "mrr", "mrr@5": "mrr@5", "precision@10": "precision@10", "precision": "precision",
        "recall@10": "recall@10", "recall": "recall", "f1@10": "f1@10", "hit@5": "hit_rate@5", "hits@10": "hits@10", "r_precision": "r-precision",
        "ndcg": "ndcg", "ndcg@10": "ndcg@10", "ndcg_burges@10": "ndcg_burges@10", "dcg@10": "dcg@10", "rbp.95": "rbp.95",
        "map-l2": "map-l2", "ndcg@10-l2": "ndcg@10-l2"}


def random_judgments(rng, num_queries):
    return {f"q{q}": {f"d{d}": rng.choice([0, 0, 1, 1, 2, 3]) for d in rng.sample(range(2000), rng.randrange(1, 60))} for q in range(num_queries)}


def esci(folder):
    rows = json.load(open(folder / "esci_judgments" / "esci_us_judgments.json"))["judgmentRatings"]
    # Ids are numbered: queries hold spaces. Grades 100, 10, 1, 0 become 3, 2, 1, 0.
    grade = {"100.000": 3, "10.000": 2, "1.000": 1, "0.000": 0}
    return {f"e{i}": {r["docId"]: grade[r["rating"]] for r in row["ratings"]} for i, row in enumerate(rows)}


def chorus(folder):
    judgments = collections.defaultdict(dict)
    names = {}
    for row in csv.DictReader(open(folder / "chorus_judgments" / "Broad_Query_Set_rated.csv")):
        judgments[names.setdefault(row["query"], f"c{len(names)}")][row["docid"]] = int(row["rating"])
    return dict(judgments)


def random_run(rng, judgments, levels):
    """Judged and other documents at random scores: with few levels, most are tied."""
    run = {}
    for q, judged in judgments.items():
        documents = [d for d in judged if rng.random() < 0.8] + [f"other{i}" for i in range(rng.randrange(0, 80))]
        rng.shuffle(documents)
        run[q] = {d: rng.randrange(levels) / levels for d in documents or ["other0"]}
    return run


def write_trec(path, rows, line):
    with open(path, "w") as file:
        for q, documents in rows.items():
            for rank, (d, value) in enumerate(documents.items()):
                file.write(line.format(q=q, d=d, rank=rank + 1, value=value))


def twinset(run, judgments, metrics, ties, folder):
    write_trec(folder / "run.trec", run, "{q} Q0 {d} {rank} {value} r\n")
    write_trec(folder / "judgments.trec", judgments, "{q} 0 {d} {value}\n")
    subprocess.run(["build/experiments/twinset", "score", f"run={folder}/run.trec", f"judgments={folder}/judgments.trec",
                    f"metrics=[{','.join(metrics)}]", f"rules.ties={ties}", f"queries={folder}"], check=True, capture_output=True)
    result = json.load(open(folder / "run.trec.json"))
    return {name: dict(zip(entry["queries"], entry["values"])) for name, entry in result.items()}


def largest_difference(ours, theirs):
    assert set(ours) == set(theirs), "other queries"
    return max(abs(ours[q] - theirs[q]) for q in ours)


def compare(name, judgments, run, folder):
    evaluator = pytrec_eval.RelevanceEvaluator(judgments, pytrec_eval.supported_measures)
    values = evaluator.evaluate(run)
    ours = twinset(run, judgments, list(TREC), "trec_eval", folder)
    for metric, theirs in TREC.items():
        yield name, "pytrec_eval", metric, largest_difference(ours[metric], {q: v[theirs] for q, v in values.items()})
    ranx_run = ranx.Run(run)
    ranx.evaluate(ranx.Qrels(judgments), ranx_run, list(RANX.values()), make_comparable=True)
    ordered = {q: {d: run[q][d] for d in ranx_run.run[q]} for q in run}
    ours = twinset(ordered, judgments, list(RANX), "as_listed", folder)
    for metric, theirs in RANX.items():
        yield name, "ranx", metric, largest_difference(ours[metric], dict(ranx_run.scores[theirs]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    rng = random.Random(1)
    sets = {"random": random_judgments(rng, 300)}
    if arguments.data:
        sets |= {"ESCI": esci(arguments.data), "Chorus": chorus(arguments.data)}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, judgments in sets.items():
            for levels, kind in [(1000003, "few ties"), (5, "mostly ties")]:
                rows += compare(f"{name}, {kind}", judgments, random_run(rng, judgments, levels), pathlib.Path(folder))
    worst = max(row[3] for row in rows)
    lines = ["| judgments | peer | metrics | largest difference of a query |", "|---|---|---|---|"]
    for key in dict.fromkeys((row[0], row[1]) for row in rows):
        part = [row for row in rows if row[:2] == key]
        lines.append(f"| {key[0]} | {key[1]} | {len(part)} | {max(row[3] for row in part):.1e} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "table.md").write_text(text)
        write_provenance(arguments.out, {"ranx": ranx.__version__ if hasattr(ranx, "__version__") else "0.3.21", "metrics": sorted({*TREC, *RANX})})
    if not worst <= 1e-12 or math.isnan(worst):
        print("\n".join(f"{row[0]}, {row[1]}, {row[2]}: {row[3]:.3e}" for row in rows if not row[3] <= 1e-12))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
