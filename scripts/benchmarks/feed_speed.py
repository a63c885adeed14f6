"""The ten best products of each topic: twinset's feed builder against DuckDB doing the same join, in turn.

    scripts/build feed_speed && $(scripts/peers feeds) scripts/benchmarks/feed_speed.py [--products 2000000] [--topics 5000] [--out results/feed_speed]

A product has about ten attributes of twelve families, a long-tailed choice each; a topic is two to four attributes of one product, the
category among them. A product must have all of a topic's attributes; its score is the sum of their confidences, ties go to the lower
id. Confidences are multiples of 1/256, so that sums are exact and results can be compared entry by entry, which is done first.

Each side is a process with as many threads, has the same rows (product, attribute, confidence) in memory, and times the work from
there on: twinset its own index and the scan, DuckDB the query. DuckDB gets three forms of it: "group", a join on the attribute with a
group by topic and product, in blocks of topics so that it fits the memory; "probe", from the topic's rarest attribute to the
products, then a join on product and attribute for each other one; and "list", topics joined on the rarest attribute with a table of
products whose attributes are a map. Ratios are to its fastest form.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

from provenance import write_provenance

FAMILY_SIZES = [40, 25, 20, 60, 30, 15, 12, 25, 30, 40, 300, 1500]
PRESENT = [1, 1, .6, .9, .7, .8, .7, .6, .9, .9, .8, 1]
ENGINE = "build/scripts/benchmarks/feed_speed"
DUCKDB = """
import json, resource, sys, time
import duckdb, numpy as np
folder, threads, k, out, form, memory, block = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5], sys.argv[6], int(sys.argv[7])
load = lambda name, kind: np.fromfile(f"{folder}/{name}.bin", dtype=kind)
db = duckdb.connect()
db.execute(f"SET threads={threads}; SET memory_limit='{memory}'; SET temp_directory='{folder}/spill'; SET preserve_insertion_order=false")
g_product, g_attribute, g_confidence = load("graph_product", np.int32), load("graph_attribute", np.int32), load("graph_confidence", np.float32)
t_topic, t_attribute = load("topic", np.int32), load("topic_attribute", np.int32)
source = {"product": g_product, "attribute": g_attribute, "confidence": g_confidence}
db.execute("CREATE TABLE graph AS SELECT product, attribute, confidence FROM source")
topic_source = {"topic": t_topic, "attribute": t_attribute}
db.execute("CREATE TABLE topics AS SELECT topic, attribute FROM topic_source")
del g_product, g_attribute, g_confidence, source, topic_source
TOP = f"QUALIFY row_number() OVER (PARTITION BY topic ORDER BY score DESC, product) <= {k}"
start = time.perf_counter()
if form == "group":
    db.execute("CREATE TABLE sizes AS SELECT topic, count(*) AS size FROM topics GROUP BY topic")
    db.execute("CREATE TABLE feeds (topic INT, product INT, score DOUBLE)")
    for first in range(0, int(t_topic.max()) + 1, block):
        db.execute(f'''INSERT INTO feeds SELECT topic, product, score FROM (
          SELECT t.topic, g.product, sum(g.confidence::DOUBLE) AS score, count(*) AS n FROM topics t JOIN graph g USING (attribute)
          WHERE t.topic >= {first} AND t.topic < {first + block} GROUP BY t.topic, g.product) JOIN sizes USING (topic) WHERE n = size {TOP}''')
else:
    db.execute("CREATE TABLE counts AS SELECT attribute, count(*) AS n FROM graph GROUP BY attribute")
    db.execute("CREATE TABLE wide AS SELECT topic, list(attribute ORDER BY n, attribute) AS a FROM topics JOIN counts USING (attribute) GROUP BY topic")
    if form == "probe":
        parts = []
        for size in (2, 3, 4):
            joins = " ".join(f"JOIN graph g{i} ON g{i}.product = g1.product AND g{i}.attribute = t.a[{i}]" for i in range(2, size + 1))
            score = " + ".join(f"g{i}.confidence::DOUBLE" for i in range(1, size + 1))
            parts.append(f"SELECT t.topic, g1.product, {score} AS score FROM wide t JOIN graph g1 ON g1.attribute = t.a[1] {joins} WHERE len(t.a) = {size}")
        db.execute(f"CREATE TABLE feeds AS SELECT * FROM ({' UNION ALL '.join(parts)}) {TOP}")
    else:
        db.execute("CREATE TABLE maps AS SELECT product, map(list(attribute), list(confidence::DOUBLE)) AS m FROM graph GROUP BY product")
        db.execute(f'''CREATE TABLE feeds AS SELECT topic, product, score FROM (
          SELECT t.topic, g.product, list_sum(list_transform(t.a, lambda x: m[x])) AS score, len(list_filter(t.a, lambda x: m[x] IS NOT NULL)) AS n, len(t.a) AS size
          FROM wide t JOIN graph g ON g.attribute = t.a[1] JOIN maps USING (product)) WHERE n = size {TOP}''')
seconds = time.perf_counter() - start
rows = db.execute("SELECT topic, row_number() OVER (PARTITION BY topic ORDER BY score DESC, product) - 1, product, score FROM feeds ORDER BY ALL").fetchall()
with open(out, "w") as file:
    file.writelines(f"{t} {i} {p} {s!r}\\n" for t, i, p, s in rows)
print(json.dumps({"seconds": seconds, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""


def long_tailed(rng, size, count):
    weights = 1 / np.arange(1, size + 1) ** 1.0
    return rng.choice(size, count, p=weights / weights.sum())


def write_files(folder, num_products, num_topics):
    rng = np.random.default_rng(7)
    starts = np.cumsum([0] + FAMILY_SIZES[:-1])
    values = np.stack([starts[f] + long_tailed(rng, size, num_products) for f, size in enumerate(FAMILY_SIZES)], axis=1).astype(np.int32)
    there = rng.random(values.shape) < PRESENT
    products = np.repeat(np.arange(num_products, dtype=np.int32), there.sum(axis=1))
    attributes = values[there]
    confidences = (rng.integers(128, 257, len(attributes)) / 256).astype(np.float32)
    topics = set()
    while len(topics) < num_topics:
        p = rng.integers(num_products)
        others = [f for f in range(1, len(FAMILY_SIZES)) if there[p, f]]
        chosen = rng.choice(others, rng.integers(1, 4), replace=False)
        topics.add(tuple(sorted([int(values[p, 0])] + [int(values[p, f]) for f in chosen])))
    topics = sorted(topics)
    rng.shuffle(topics)
    topic = np.repeat(np.arange(num_topics, dtype=np.int32), [len(t) for t in topics])
    for name, array in {"graph_product": products, "graph_attribute": attributes, "graph_confidence": confidences,
                        "topic": topic, "topic_attribute": np.concatenate([np.array(t, dtype=np.int32) for t in topics])}.items():
        array.tofile(folder / f"{name}.bin")
    return len(attributes)


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{result.stderr[-3000:]}")
    return json.loads(result.stdout.splitlines()[-1])


def read_feeds(path):
    with open(path) as file:
        return [(int(t), int(i), int(p), float(s)) for t, i, p, s in (line.split() for line in file)]


def report(arguments, num_rows, k, times, ours_of, peaks, our_peak):
    """Prints what was measured so far, and writes it: at full size a round takes long."""
    lines = [f"{arguments.products} products, {num_rows} rows, {arguments.topics} topics, top {k}, {arguments.threads} threads; all entries equal", "",
             "| query of DuckDB | DuckDB, s | twinset, s | ratio | DuckDB, peak MiB | twinset, peak MiB | rounds |", "|---|---|---|---|---|---|---|"]
    for form in (form for form in arguments.forms if times[form]):
        ratio = statistics.median(t / o for t, o in zip(times[form], ours_of[form]))
        lines.append(f"| {form} | {statistics.median(times[form]):.2f} | {statistics.median(ours_of[form]):.2f} | {ratio:.1f} | {peaks[form]} | {our_peak} | {len(times[form])} |")
    text = "\n".join(lines) + "\n"
    print(text, flush=True)
    if arguments.out:
        write_provenance(arguments.out, {"peers": f"duckdb {importlib.metadata.version('duckdb')}"})
        (arguments.out / "table.md").write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=2000000)
    parser.add_argument("--topics", type=int, default=5000)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forms", nargs="+", choices=["group", "probe", "list"], default=["group", "probe", "list"])
    parser.add_argument("--memory", default="10GB", help="DuckDB's limit; beyond it spills to disk")
    parser.add_argument("--block", type=int, default=100, help="topics a query of the form group")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    k = 10
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        num_rows = write_files(folder, arguments.products, arguments.topics)
        print(f"{num_rows} rows of the graph", flush=True)
        times = {form: [] for form in arguments.forms}
        peaks = {form: 0 for form in arguments.forms}
        ours_of, our_peak = {form: [] for form in arguments.forms}, 0
        for i in range(arguments.rounds):
            for form in arguments.forms:
                theirs = run([sys.executable, "-c", DUCKDB, str(folder), str(arguments.threads), str(k), str(folder / "duckdb.txt"), form, arguments.memory, str(arguments.block)])
                ours = run([ENGINE, str(folder), str(arguments.threads), str(k), str(folder / "twinset.txt")])
                if i == 0:
                    mine, expected = read_feeds(folder / "twinset.txt"), read_feeds(folder / "duckdb.txt")
                    assert mine == expected, f"{form}: results differ"
                    print(f"{form}: {len(mine)} entries are equal; {theirs['seconds']:.1f} s against {ours['seconds']:.2f} s", flush=True)
                times[form].append(theirs["seconds"])
                ours_of[form].append(ours["seconds"])
                peaks[form], our_peak = max(peaks[form], theirs["peak_mib"]), max(our_peak, ours["peak_mib"])
                report(arguments, num_rows, k, times, ours_of, peaks, our_peak)


if __name__ == "__main__":
    main()
