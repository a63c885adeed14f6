#!/usr/bin/env python3
"""Composing and planning against hydra-core, in turn, on the same tree of 7 groups and 140 leaves.

    scripts/build config_speed
    $(scripts/peers hydra) scripts/benchmarks/config_speed.py [--rounds 7] [--out results/config_speed]

First the composed configs (every byte of the YAML), the job lists and every fiftieth job's config must be equal; then both run in
turn, and the medians and the median of the ratios are printed. Hydra plans 20 of the 1,000 jobs a round: its time is given a job. Planning
is given in processor time (both use one thread), which other work on the machine does not lengthen, and beside it the wall's.
"""
import argparse, json, os, platform, statistics, subprocess, tempfile, time

GROUPS = ["dataset", "encoder", "loss", "negatives", "optimizer", "schedule", "trainer"]
OVERRIDES = ["encoder=two", "loss=three", "trainer.value_3=7", "+trainer.extra=[1,2]", "dataset.nested.name=x"]
SWEEP = ["encoder=one,two", "loss=one,two,three,four", "trainer.value_1=1,2,3,4,5", "dataset.value_2=range(25)", "optimizer.nested.value=0.1"]


def write_tree(folder):
    """Each group has four options of 20 leaves: numbers, strings, lists, a nested map, interpolations."""
    with open(os.path.join(folder, "config.yaml"), "w") as out:
        out.write("defaults:\n" + "".join(f"  - {group}: one\n" for group in GROUPS) + "  - _self_\n")
    for group in GROUPS:
        os.makedirs(os.path.join(folder, group))
        for number, option in enumerate(["one", "two", "three", "four"]):
            lines = [f"name: {option}", f"text: {group} of {option}", f"rate: {0.1 * (number + 1):.3g}", f"flag: {str(number % 2 == 0).lower()}",
                     f"same: ${{{group}.value_0}}", "list: [1, 2, 3]", "home: ${.name}_${.value_1}", "nested:", "  name: inner", "  value: 1e-3",
                     "  again: ${..rate}"]
            lines += [f"value_{i}: {i * (number + 1)}" for i in range(10)]
            with open(os.path.join(folder, group, option + ".yaml"), "w") as out:
                out.write("\n".join(lines) + "\n")


class Hydra:
    def __init__(self, folder):
        from hydra import compose, initialize_config_dir
        from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
        from hydra.core.override_parser.overrides_parser import OverridesParser
        from omegaconf import OmegaConf
        self.omegaconf, self.compose_function = OmegaConf, compose
        self.parser, self.sweeper = OverridesParser.create(), BasicSweeper
        initialize_config_dir(config_dir=folder, version_base=None)

    def compose(self, overrides):
        config = self.compose_function("config", list(overrides))
        self.omegaconf.resolve(config)
        return config

    def yaml(self, overrides):
        return self.omegaconf.to_yaml(self.compose(overrides))

    def jobs(self):
        batches = self.sweeper.split_arguments(self.parser.parse_overrides(SWEEP), max_batch_size=None)
        return [list(job) for batch in batches for job in batch]


def timed(body, clock=time.perf_counter):
    start = clock()
    body()
    return clock() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/scripts/benchmarks/config_speed")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out")
    a = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        write_tree(folder)
        hydra = Hydra(folder)
        command = [a.program, folder, "20", *SWEEP, "--", *OVERRIDES]
        run = lambda: json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ours = run()
        leaves = ours["config"].count("\n")
        assert ours["config"] == hydra.yaml(OVERRIDES), "the composed configs differ"
        jobs = hydra.jobs()
        assert ours["jobs"] == jobs and len(jobs) == 1000, "the jobs differ"
        for index, text in ours["configs"].items():
            assert text == hydra.yaml(jobs[int(index)]), f"the configs of job {index} differ"
        print(f"equal: the config ({leaves} lines), 1,000 jobs, the configs of {len(ours['configs'])} of them", flush=True)
        for _ in range(a.rounds):
            compose = statistics.median(timed(lambda: hydra.compose(OVERRIDES)) for _ in range(3))
            split = timed(hydra.jobs, time.process_time)
            plan = split + sum(timed(lambda: hydra.compose(job), time.process_time) for job in jobs[::50]) * 50
            ours = run()
            rows.append({"hydra_compose_ms": compose * 1000, "cold_ms": ours["compose_cold_ms"], "warm_ms": ours["compose_ms"],
                         "hydra_job_ms": plan, "plan_s": ours["plan_processor_s"], "plan_wall_s": ours["plan_s"]})
    median = lambda key: statistics.median(row[key] for row in rows)
    ratio = lambda a, b, scale=1.0: statistics.median(row[a] / row[b] * scale for row in rows)
    table = ["| what | hydra-core 1.3.2 | twinset | median of the ratios |", "|---|---|---|---|",
             f"| compose, files read anew | {median('hydra_compose_ms'):.1f} ms | {median('cold_ms'):.2f} ms | {ratio('hydra_compose_ms', 'cold_ms'):.0f} |",
             f"| compose again, files kept | | {median('warm_ms'):.2f} ms | {ratio('hydra_compose_ms', 'warm_ms'):.0f} |",
             f"| plan 1,000 jobs, processor time | {median('hydra_job_ms'):.1f} ms a job | {median('plan_s'):.3f} s in all (wall {median('plan_wall_s'):.3f}) | {ratio('hydra_job_ms', 'plan_s'):.0f} |"]
    print("\n".join(table))
    if a.out:
        os.makedirs(a.out, exist_ok=True)
        with open(os.path.join(a.out, "table.md"), "w") as out:
            out.write("\n".join(table) + "\n")
        processor = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
        commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
        with open(os.path.join(a.out, "provenance.json"), "w") as out:
            json.dump({"command": f"$(scripts/peers hydra) scripts/benchmarks/config_speed.py --rounds {a.rounds} --out {a.out}", "commit": commit,
                       "processor": processor, "cores": os.cpu_count(), "load_average": os.getloadavg()[0], "python": platform.python_version(),
                       "rounds": rows}, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
