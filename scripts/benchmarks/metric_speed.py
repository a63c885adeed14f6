"""Time from the start of a process to the printed means of a TREC run: twinset score, ranx and pytrec_eval, in turn.

    scripts/build twinset && $(scripts/peers ranx) scripts/benchmarks/metric_speed.py [--queries 2000 50000] [--rounds 5] [--out results/metric_speed]

All read the same two files (100 documents a query, 20 judged) and compute map, mrr, ndcg@10, recall@10, precision@10. The means are
compared first (1e-9: pytrec_eval's loop below adds in another order). "cold" is ranx without its cache of compiled code, as on a
new machine or in a container; "warm" with it.
"""
import argparse
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from provenance import write_provenance

PEERS = ["ranx, cold", "ranx, warm", "pytrec_eval"]
OURS = ["map", "mrr", "ndcg@10", "recall@10", "precision@10"]
RANX = """
import sys, json
from ranx import Qrels, Run, evaluate
qrels, run = Qrels.from_file(sys.argv[1], kind="trec"), Run.from_file(sys.argv[2], kind="trec")
print(json.dumps([float(v) for v in evaluate(qrels, run, ["map", "mrr", "ndcg@10", "recall@10", "precision@10"]).values()]))
"""
PYTREC = """
import sys, json, pytrec_eval
with open(sys.argv[1]) as file: qrels = pytrec_eval.parse_qrel(file)
with open(sys.argv[2]) as file: run = pytrec_eval.parse_run(file)
names = ["map", "recip_rank", "ndcg_cut_10", "recall_10", "P_10"]
results = pytrec_eval.RelevanceEvaluator(qrels, {"map", "recip_rank", "ndcg_cut.10", "recall.10", "P.10"}).evaluate(run)
print(json.dumps([sum(r[n] for r in results.values()) / len(results) for n in names]))
"""


def write_files(folder, num_queries):
    rng = random.Random(num_queries)
    with open(folder / "run.trec", "w") as run, open(folder / "judgments.trec", "w") as judgments:
        for q in range(num_queries):
            documents = [f"D{d:07}" for d in rng.sample(range(100000), 110)]
            scores = sorted(rng.sample(range(1000000), 100), reverse=True)  # no ties, which the programs break by different rules
            run.writelines(f"q{q:06} Q0 {d} {i + 1} {s / 1000000:.6f} bench\n" for i, (d, s) in enumerate(zip(documents, scores)))
            judgments.writelines(f"q{q:06} 0 {d} {rng.choice([0, 0, 1, 2])}\n" for d in rng.sample(documents, 20))


def timed(command, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    result = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return result.stdout, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--queries", type=int, nargs="+", default=[2000, 50000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    lines = ["| queries | peer | peer, s | twinset, s | ratio of wall times | ratio of CPU times | rounds |", "|---|---|---|---|---|---|---|"]
    for num_queries in arguments.queries:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_files(folder, num_queries)
            files = [str(folder / "judgments.trec"), str(folder / "run.trec")]
            caches = {"warm": str(folder / "warm")}
            ours = ["build/experiments/twinset", "score", f"judgments={files[0]}", f"run={files[1]}", f"metrics=[{','.join(OURS)}]"]
            rounds = {"ranx, cold": 1 if num_queries > 10000 else min(2, arguments.rounds), "ranx, warm": arguments.rounds, "pytrec_eval": arguments.rounds}
            if "ranx, warm" in arguments.peers:
                timed([sys.executable, "-c", RANX, *files], os.environ | {"NUMBA_CACHE_DIR": caches["warm"]})
            for peer in arguments.peers:
                count = rounds[peer]
                times = []
                for i in range(count):
                    cache = caches["warm"] if peer == "ranx, warm" else str(folder / f"cold{i}")
                    text, *theirs = timed([sys.executable, "-c", PYTREC if peer == "pytrec_eval" else RANX, *files], os.environ | {"NUMBA_CACHE_DIR": cache})
                    mine, *our_times = timed(ours, os.environ)
                    expected = json.loads(text)
                    actual = [float(v) for v in mine.splitlines()[1].split()[1:]]
                    # The command prints six decimals.
                    assert all(abs(a - b) <= 5.1e-7 for a, b in zip(actual, expected)), (actual, expected)
                    times.append((theirs, our_times))
                wall = statistics.median(t[0] / o[0] for t, o in times)
                cpu = statistics.median(t[1] / o[1] for t, o in times)
                theirs_s, ours_s = statistics.median(t[0] for t, _ in times), statistics.median(o[0] for _, o in times)
                lines.append(f"| {num_queries} | {peer} | {theirs_s:.2f} | {ours_s:.3f} | {wall:.1f} | {cpu:.1f} | {count} |")
                print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.out:
        write_provenance(arguments.out, {"peers": "ranx 0.3.21, numba 0.62.1, pytrec_eval-terrier 0.5.11"})
        (arguments.out / "table.md").write_text(text)


if __name__ == "__main__":
    main()
