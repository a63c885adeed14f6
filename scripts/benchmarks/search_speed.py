"""The best 50 of 100,000 documents for 2,000 queries, D = 256: twinset search against torch's matmul and topk, and FAISS, in turn.

    scripts/build twinset && $(scripts/peers search) scripts/benchmarks/search_speed.py [--rounds 7] [--out results/search_speed]

Each side is a process with OMP_NUM_THREADS threads that loads the same .npy files and times the search alone; extra memory is the
growth of the peak (VmHWM) over what the loaded embeddings take. Results are compared first: the same documents where scores differ
by more than rounding. The second table has the approximate indexes: what they lose beside what they gain.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

from provenance import write_provenance

STATUS = """
import sys, time, json, numpy as np
def status(key):
    return next(int(l.split()[1]) / 1024 for l in open("/proc/self/status") if l.startswith(key))
documents, queries = np.load(sys.argv[1]), np.load(sys.argv[2])
k, threads = int(sys.argv[3]), int(sys.argv[4])
"""
TORCH = STATUS + """
import torch
torch.set_num_threads(threads)
documents, queries = torch.from_numpy(documents), torch.from_numpy(queries)
torch.topk(queries[:8] @ documents[:64].T, 5)  # starts the threads
before = status("VmRSS")
start = time.perf_counter()
with torch.inference_mode():
    scores, found = torch.topk(queries @ documents.T, k)
seconds = time.perf_counter() - start
np.save(sys.argv[5], found.numpy())
print(json.dumps({"search_seconds": seconds, "extra_mib": status("VmHWM") - before}))
"""
FAISS = STATUS + """
import faiss
faiss.omp_set_num_threads(threads)
before = status("VmRSS")
index = faiss.IndexFlatIP(documents.shape[1])
index.add(documents)
start = time.perf_counter()
scores, found = index.search(queries, k)
seconds = time.perf_counter() - start
np.save(sys.argv[5], found)
print(json.dumps({"search_seconds": seconds, "extra_mib": status("VmHWM") - before}))
"""


def unit_rows(rng, count, dim):
    # A few hundred centres with spread, as embeddings have, rather than noise alone.
    centres = np.random.default_rng(0).normal(0, 1, (300, dim))
    rows = centres[rng.integers(0, 300, count)] + rng.normal(0, 1.0, (count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def read_run(path, count, k):
    found = np.full((count, k), -1, dtype=np.int64)
    with open(path) as file:
        for line in file:
            q, _, d, rank, _, _ = line.split()
            found[int(q), int(rank) - 1] = int(d)
    return found


def check_equal(ours, theirs, documents, queries):
    """Where the documents differ, their scores must be equal but for rounding."""
    for q, j in zip(*np.nonzero(ours != theirs)):
        query = queries[q].astype(np.float64)
        a, b = documents[ours[q, j]] @ query, documents[theirs[q, j]] @ query
        assert abs(a - b) < 1e-6, f"query {q}, place {j}: {ours[q, j]} ({a}) against {theirs[q, j]} ({b})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=100000)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--approximate", nargs="*", default=["hnsw", "ivf", "pq"])
    parser.add_argument("--out", type=pathlib.Path)
    a = parser.parse_args()
    lines = [f"{a.queries} queries, {a.documents} documents, D = {a.dim}, the best {a.k}", "",
             "| threads | peer | peer, s | twinset, s | ratio | peer, extra MiB | twinset, extra MiB |", "|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        documents, queries = unit_rows(np.random.default_rng(1), a.documents, a.dim), unit_rows(np.random.default_rng(2), a.queries, a.dim)
        np.save(folder / "d.npy", documents)
        np.save(folder / "q.npy", queries)

        def twinset(threads, index="exact", *more):
            text = subprocess.run(["build/experiments/twinset", "search", f"documents={folder}/d.npy", f"queries={folder}/q.npy", f"k={a.k}",
                                   f"index={index}", f"index.num_threads={threads}", f"out={folder}/run.trec", *more],
                                  check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": str(threads)}).stdout
            return json.loads(text)

        def peer(code, threads):
            text = subprocess.run([sys.executable, "-c", code, folder / "d.npy", folder / "q.npy", str(a.k), str(threads), folder / "found.npy"],
                                  check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": str(threads)}).stdout
            return json.loads(text)

        for threads in a.threads:
            for label, code in [("torch matmul + topk", TORCH), ("faiss-cpu IndexFlatIP", FAISS)]:
                pairs = []
                for _ in range(a.rounds):
                    theirs, ours = peer(code, threads), twinset(threads)
                    check_equal(read_run(folder / "run.trec", a.queries, a.k), np.load(folder / "found.npy"), documents, queries)
                    pairs.append((theirs, ours))
                median = lambda key, side: statistics.median(pair[side][key] for pair in pairs)  # noqa: E731
                ratio = statistics.median(t["search_seconds"] / o["search_seconds"] for t, o in pairs)
                lines.append(f"| {threads} | {label} | {median('search_seconds', 0):.2f} | {median('search_seconds', 1):.2f} | {ratio:.2f} | "
                             f"{median('extra_mib', 0):.0f} | {median('extra_mib', 1):.0f} |")
                print(lines[-1], flush=True)
        lines += ["", "| index | build, s | search, s | queries a second | recall of the exact 50 | extra MiB |", "|---|---|---|---|---|---|"]
        for index in ["exact", "flat", *a.approximate]:
            r = twinset(max(a.threads), index, "recall=true")
            lines.append(f"| {index} | {r['build_seconds']:.2f} | {r['search_seconds']:.3f} | {r['queries_per_second']:.0f} | {r['recall']:.4f} | {r['extra_mib']:.0f} |")
            print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if a.out:
        write_provenance(a.out, {"peers": "torch 2.11.0, faiss-cpu 1.15.1; FAISS of the indexes 1.7.3"})
        (a.out / "table.md").write_text(text)


if __name__ == "__main__":
    main()
