#!/usr/bin/env python3
"""Training speed of twinset against a PyTorch + open_clip script, in turn, on the same shards, towers, batch and precision.

    scripts/benchmarks/training_speed.py --peer REF_TRAIN.py --python PYTHON --data FOLDER [--rounds 5] [--steps 40]

The peer is the reference training script (its --out/result.json tells parameters and samples a second after its third step);
ours is `twinset train +experiment=myntra`. First both must have the same number of image-tower parameters; then the two run in
turn, A B A B, and the median of the ratios ours / peer is printed, with the lowest and the highest.
"""
import argparse, json, os, statistics, subprocess, tempfile


def peer(a, folder, bf16):
    out = os.path.join(folder, "peer")
    command = [a.python, a.peer, "--train", f"{a.data}/myntra-train-*.tar", "--cache", "--threads", str(a.threads), "--encoder", "conv",
               "--title", "none", "--loss", "supcon", "--lr", "3e-3", "--max-steps", str(a.steps), "--out", out] + ["--bf16"] * bf16
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    result = json.load(open(os.path.join(out, "result.json")))
    return result["train"]["samples_per_s"], result["params"]["img"]


def ours(a, folder, bf16, optimizer):
    out = os.path.join(folder, "ours")
    subprocess.run(["rm", "-rf", out], check=True)
    command = [a.program, "train", "+experiment=myntra", f"optimizer={optimizer}", f"trainer.num_steps={a.steps}", "trainer.log_every=5",
               "trainer.checkpoint_every=0", f"trainer.precision={'bfloat16' if bf16 else 'float32'}", f"hydra.run.dir={out}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, TWINSET_MYNTRA=a.data, OMP_NUM_THREADS=str(a.threads)))
    lines = [json.loads(line) for line in open(os.path.join(out, "metrics.jsonl"))][1:]   # the first five steps warm up
    seconds = sum(5 * 256 / line["samples_per_second"] for line in lines)
    return len(lines) * 5 * 256 / seconds, json.load(open(os.path.join(out, "result.json")))["train"]["query_parameters"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peer", required=True)
    p.add_argument("--python", default="python3")
    p.add_argument("--data", required=True)
    p.add_argument("--program", default="build/experiments/twinset")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--steps", type=int, default=40)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--precisions", nargs="+", default=["bfloat16"], choices=["bfloat16", "float32"])
    p.add_argument("--optimizers", nargs="+", default=["adamw", "muon"])
    a = p.parse_args()
    for precision in a.precisions:
        bf16 = precision == "bfloat16"
        ratios = {name: [] for name in a.optimizers}
        with tempfile.TemporaryDirectory() as folder:
            for r in range(a.rounds):
                theirs, size = peer(a, folder, bf16)
                for name in a.optimizers:
                    mine, my_size = ours(a, folder, bf16, name)
                    assert size == my_size, f"image tower: {my_size} parameters, the peer's has {size}"
                    ratios[name].append(mine / theirs)
                    print(f"{precision} round {r + 1}: peer (AdamW) {theirs:.0f}/s, twinset {name} {mine:.0f}/s, ratio {mine / theirs:.3f}", flush=True)
        for name, values in ratios.items():
            print(f"{precision} {name}: median ratio {statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f}), {a.rounds} rounds")


if __name__ == "__main__":
    main()
