#!/usr/bin/env python3
"""What it saves that the jobs of a sweep share decoded images: the same sweep with and without, in turn.

    python3 scripts/benchmarks/sweep_shared_cache.py --out results/sweep_shared_cache

Short runs on large pictures of the rendered wardrobe (rendered once, before), so that decoding counts. First the results of all jobs
are compared: every metric must be equal. Then CPU and wall time of both are told, and how many images were decoded.
"""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(command, log):
    begin = time.perf_counter()
    with open(log, "w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    text = Path(log).read_text()
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}:\n{text[-3000:]}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, text


def metrics_of(folder):
    return {file.parent.name: json.loads(file.read_text())["metrics"] for file in sorted(folder.glob("*/result.json"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/experiments/twinset")
    parser.add_argument("--products", type=int, default=1500)
    parser.add_argument("--side", type=int, default=384, help="of the pictures on disk, in pixels")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="folder for table.md and provenance.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = [f"dataset.reader.folder={folder}/wardrobe", f"dataset.reader.num_products={options.products}", f"dataset.reader.image_size={options.side}"]
        tiny = ["transform.image_size=32", "encoder.widths=[4,4,8,8]", "attribute_encoder.width=16", "attribute_encoder.layers=1", "embedding_dim=16",
                "loader.batch_size=128", "trainer.num_steps=16", "trainer.precision=float32", "schedule.warmup_steps=2", "dataset.vocabulary.min_count=5"]
        sweep = [options.program, "train", "-m", *data, *tiny, "seed=" + ",".join(str(i) for i in range(1, options.jobs + 1))]
        run([options.program, "train", *data, *tiny, "trainer.num_steps=1", f"hydra.run.dir={folder}/render"], folder / "log")
        kinds = {"each job decodes": "0.0", "jobs share decoded images": "2.0"}
        rows, results, shared = {kind: [] for kind in kinds}, {}, ""
        for round_number in range(options.rounds):
            for kind, gigabytes in kinds.items():
                out = folder / f"sweep_{round_number}_{gigabytes}"
                wall, cpu, text = run([*sweep, f"sweep.cache_gigabytes={gigabytes}", f"hydra.sweep.dir={out}"], folder / "log")
                rows[kind].append((wall, cpu))
                results[kind] = metrics_of(out)
                found = re.search(r"decoded images shared by the jobs: (.*)", text)
                shared = found.group(1) if found else shared
                print(f"{kind}: {wall:.2f} s wall, {cpu:.2f} s CPU", flush=True)
        first, second = results.values()
        assert len(first) == options.jobs and first == second, "the metrics differ"
    lines = ["| sweep | wall s, median (range) | CPU s, median (range) |", "|---|---|---|"]
    for kind, times in rows.items():
        texts = [f"{statistics.median(column):.2f} ({min(column):.2f} to {max(column):.2f})" for column in zip(*times)]
        lines.append(f"| {kind} | {texts[0]} | {texts[1]} |")
    cpu = [statistics.median(row[1] for row in times) for times in rows.values()]
    table = (f"{options.jobs} jobs of 16 steps over {options.products} products of {options.side} x {options.side} pixels, {options.rounds} rounds in turn; every metric of every job is equal.\n\n"
             + "\n".join(lines) + f"\n\nRatio of CPU time {cpu[0] / cpu[1]:.2f}; shared: {shared}.\n")
    print(table)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "table.md").write_text(table)
        processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
        commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True).stdout.strip()
        (options.out / "provenance.json").write_text(json.dumps({
            "command": "python3 scripts/benchmarks/sweep_shared_cache.py " + " ".join(sys.argv[1:]), "commit": commit, "processor": processor, "cores": os.cpu_count(),
            "load_average_at_the_end": os.getloadavg()[0], "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}, indent=1) + "\n")


if __name__ == "__main__":
    main()
