#!/usr/bin/env python3
"""100 empty jobs end to end, from the command line to the last file: `twinset sweep` against hydra-core's BasicLauncher.

    $(scripts/peers hydra) scripts/benchmarks/sweep_speed.py --out results/sweep_speed

The same folder of configs (7 groups, 140 leaves) and the same overrides. First every job's .hydra/config.yaml and overrides.yaml are
compared byte by byte; then both run in turn, and the medians of wall time and of CPU time (jobs included) are told. `local_pool` runs
each job in a process of its own; Hydra's launcher and `in_process` run all jobs in one.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APP = """import hydra
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(config):
    pass
main()
"""
GROUPS = ["dataset", "encoder", "loss", "negatives", "optimizer", "schedule", "trainer"]


def write_tree(folder):
    """7 groups of 3 options with 20 leaves each; the primary config picks one of each."""
    (folder / "app.py").write_text(APP)
    for g, group in enumerate(GROUPS):
        (folder / "conf" / group).mkdir(parents=True)
        for option in "abc":
            lines = [f"name: {option}"]
            for i in range(1, 20):
                value = [f"{i * 0.5}", str(g + i), "true", f"text {option} {i}", f"[{i}, {i + 1}]"][i % 5]
                lines.append(f"key_{i}: {value}")
            (folder / "conf" / group / f"{option}.yaml").write_text("\n".join(lines) + "\n")
    (folder / "conf" / "config.yaml").write_text("defaults:\n" + "".join(f"  - {group}: a\n" for group in GROUPS) + "  - _self_\nseed: 0\n")


OVERRIDES = ["loss=b", "encoder=c", "optimizer.key_3=false", "trainer.key_1=7.25"]


def run(command, folder, log):
    """Wall and CPU seconds of a command and all that it started."""
    begin = time.perf_counter()
    with open(log, "w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT, env=dict(os.environ, TWINSET_CONFIGS=os.path.abspath("configs")))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}:\n{Path(log).read_text()[-2000:]}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime


def jobs_of(folder):
    """.hydra/config.yaml and overrides.yaml of each job, by its seed."""
    jobs = {}
    for file in folder.glob("*/.hydra/overrides.yaml"):
        seed = next(line for line in file.read_text().splitlines() if line.startswith("- seed="))
        jobs[seed] = ((file.parent / "config.yaml").read_bytes(), file.read_bytes())
    return jobs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/experiments/twinset")
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="folder for table.md and provenance.json")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree(folder)
        sweep = OVERRIDES + [f"seed=range(0,{options.jobs})"]
        def ours(out, launcher):
            return [program, "sweep", "--config-path", "conf", f"hydra.sweep.dir={out}", f"launcher={launcher}"] + sweep
        commands = {"hydra-core, BasicLauncher": lambda out: [sys.executable, "app.py", "-m", f"hydra.sweep.dir={out}"] + sweep,
                    "twinset, local_pool": lambda out: ours(out, "local_pool"), "twinset, in_process": lambda out: ours(out, "in_process")}
        times = {what: [] for what in commands}
        reference = None
        for round_number in range(options.rounds):
            for what, command in commands.items():
                out = folder / f"out_{round_number}_{len(times[what])}_{what.split()[-1]}"
                times[what].append(run(command(out), folder, folder / "log"))
                jobs = jobs_of(out)
                assert len(jobs) == options.jobs, f"{what} left {len(jobs)} jobs"
                reference = reference or jobs
                assert jobs == reference, f"{what} wrote other files than Hydra"
                print(f"{what}: {times[what][-1][0]:.2f} s wall, {times[what][-1][1]:.2f} s CPU", flush=True)
    peer = [statistics.median(column) for column in zip(*times["hydra-core, BasicLauncher"])]
    lines = ["| program | wall s, median (range) | CPU s, median (range) | ratio of wall time | ratio of CPU time |", "|---|---|---|---|---|"]
    for what, rows in times.items():
        wall, cpu = zip(*rows)
        texts = [f"{statistics.median(column):.2f} ({min(column):.2f} to {max(column):.2f})" for column in (wall, cpu)]
        lines.append(f"| {what} | {texts[0]} | {texts[1]} | {peer[0] / statistics.median(wall):.1f} | {peer[1] / statistics.median(cpu):.1f} |")
    table = f"{options.jobs} empty jobs, {options.rounds} rounds in turn; the files of all jobs are equal byte by byte.\n\n" + "\n".join(lines) + "\n"
    print(table)
    if options.out:
        import hydra
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "table.md").write_text(table)
        cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
        commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True).stdout.strip()
        (options.out / "provenance.json").write_text(json.dumps({
            "command": "$(scripts/peers hydra) scripts/benchmarks/sweep_speed.py " + " ".join(sys.argv[1:]), "commit": commit, "hydra-core": hydra.__version__,
            "python": platform.python_version(), "processor": cpu, "cores": os.cpu_count(), "load_average_at_the_end": os.getloadavg()[0],
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}, indent=1) + "\n")


if __name__ == "__main__":
    main()
