#!/usr/bin/env python3
"""Forward and backward of InfoNCE and SigLIP's loss against open_clip's ClipLoss and SigLipLoss, in turn, on the same inputs.

    scripts/build loss_speed && $(scripts/peers open_clip) scripts/benchmarks/loss_speed.py [--out results/loss_speed]

First value and gradients (queries, documents, temperature, bias) are compared with the peer in float64, or in float32 from 8,192 pairs on;
then the two run in turn, peer, ours, peer, ours, and the median of the ratios peer / ours is kept, of wall time and of the threads' CPU
time (which a busy neighbour changes less). `--memory 65536` runs ours alone in a process of its own and adds its extra peak memory
(VmHWM less what it had before the first step; on a GPU, the device's memory, cuBLAS included); the peer would need 4 B^2 numbers.
"""
import argparse, json, math, os, platform, statistics, subprocess, sys, tempfile, time

import numpy, torch
import open_clip
from open_clip.loss import ClipLoss, SigLipLoss

LOSSES = {"info_nce": (ClipLoss, 0.07), "sigmoid": (SigLipLoss, 0.1)}
BIAS = -10.0


class Ours:
    def __init__(self, a, loss, batch, dtype, threads, folder):
        self.process = subprocess.Popen([a.program, loss, str(batch), str(a.dim), dtype, str(threads), folder, a.device, a.kernel], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=dict(os.environ, OMP_NUM_THREADS=str(threads)))

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    def __init__(self, loss, queries, documents, dtype, device="cpu"):
        make, temperature = LOSSES[loss]
        self.loss, self.has_bias = make(), loss == "sigmoid"
        self.queries, self.documents = (torch.from_numpy(x).to(torch.bfloat16).to(dtype) if dtype == torch.bfloat16 else torch.from_numpy(x).to(dtype)
                                        for x in (queries, documents))
        self.log_scale = torch.tensor(float(numpy.float32(-math.log(temperature))), dtype=torch.float64 if dtype == torch.float64 else torch.float32)
        self.bias = torch.tensor(BIAS, dtype=self.log_scale.dtype)
        self.queries, self.documents, self.log_scale, self.bias = (
            x.to(device).requires_grad_() for x in (self.queries, self.documents, self.log_scale, self.bias))

    def run(self):
        for tensor in (self.queries, self.documents, self.log_scale, self.bias):
            tensor.grad = None
        cpu, wall = time.process_time(), time.perf_counter()
        scale = self.log_scale.exp()
        value = self.loss(self.queries, self.documents, scale, self.bias) if self.has_bias else self.loss(self.queries, self.documents, scale)
        value.backward()
        for leaf in (self.queries, self.documents):
            leaf.grad[0, 0].item()  # waits for a GPU
        return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "value": value.item()}


def compare(a, loss, dtype, ours, queries, documents, folder):
    """The largest differences; stops if they are larger than rounding explains."""
    rounded = [torch.from_numpy(x).to(dtype).to(torch.float32).numpy() for x in (queries, documents)]
    peer = Peer(loss, *rounded, torch.float64 if len(queries) < 8192 else torch.float32, a.device)
    theirs, mine = peer.run(), ours.ask("save")
    ours.process.stdout.readline()
    value = abs(mine["value"] - theirs["value"]) / max(1.0, abs(theirs["value"]))
    worst = 0.0
    for name, tensor in (("queries", peer.queries), ("documents", peer.documents)):
        gradient = torch.from_numpy(numpy.fromfile(f"{folder}/{name}_gradient.f32", numpy.float32)).view(tensor.shape)
        worst = max(worst, ((gradient - tensor.grad.cpu()).abs().max() / tensor.grad.cpu().abs().max()).item())
    scalars = [(mine["log_inverse_temperature"], peer.log_scale.grad.item())] + ([(mine["bias"], peer.bias.grad.item())] if peer.has_bias else [])
    scalar = max(abs(m - t) / max(1.0, abs(t)) for m, t in scalars)
    # Products on a GPU are rounded to tf32 (10 bits) or bfloat16.
    limit, value_limit, scalar_limit = (1e-5 if dtype == torch.float32 else 5e-3, 2e-6, 2e-5) if a.device == "cpu" else (5e-3, 1e-4, 2e-3)
    assert value < value_limit and worst < limit and scalar < scalar_limit, f"{loss} B={len(queries)} {dtype}: value {value:.1e}, gradients {worst:.1e}, scalars {scalar:.1e}"
    return value, worst


def measure(a, loss, batch, type_name, threads):
    dtype = getattr(torch, type_name)
    torch.set_num_threads(threads)
    generator = numpy.random.default_rng(batch)
    queries, documents = (x / numpy.linalg.norm(x, axis=1, keepdims=True) for x in generator.standard_normal((2, batch, a.dim)).astype(numpy.float32))
    with tempfile.TemporaryDirectory() as folder:
        queries.tofile(f"{folder}/queries.f32")
        documents.tofile(f"{folder}/documents.f32")
        ours = Ours(a, loss, batch, type_name, threads, folder)
        value, gradient = compare(a, loss, dtype, ours, queries, documents, folder)
        peer = Peer(loss, queries, documents, dtype, a.device)
        rounds = a.rounds if batch <= 4096 else max(3, a.rounds // (2 if batch <= 8192 else 4))
        pairs = []
        for r in range(rounds + 1):
            pair = peer.run(), ours.ask("run")
            if r > 0:   # the first warms up
                pairs.append(pair)
        ours.close()
    ratios = {key: [p[key] / o[key] for p, o in pairs] for key in ("wall", "cpu")}
    middle = lambda which, key: statistics.median(pair[which][key] for pair in pairs)
    row = {"loss": loss, "type": type_name, "threads": threads, "batch": batch, "rounds": rounds,
           "peer_cpu_s": middle(0, "cpu"), "ours_cpu_s": middle(1, "cpu"), "cpu_ratio": statistics.median(ratios["cpu"]),
           "cpu_ratio_min": min(ratios["cpu"]), "cpu_ratio_max": max(ratios["cpu"]), "wall_ratio": statistics.median(ratios["wall"]),
           "wall_ratio_min": min(ratios["wall"]), "wall_ratio_max": max(ratios["wall"]), "value_difference": value, "gradient_difference": gradient}
    print(json.dumps(row), flush=True)
    return row


def measure_memory(a, loss, batch, type_name):
    generator = numpy.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("queries", "documents"):
            x = generator.standard_normal((batch, a.dim), dtype=numpy.float32)
            (x / numpy.linalg.norm(x, axis=1, keepdims=True)).tofile(f"{folder}/{name}.f32")
        ours = Ours(a, loss, batch, type_name, max(a.threads), folder)
        ours.ask("ready")
        free_gib = lambda: torch.cuda.mem_get_info()[0] / 2**30
        before = free_gib() if a.device == "cuda" else 0
        answer = ours.ask("run")
        extra = answer["extra_gib"]
        if a.device == "cuda":
            extra = before - free_gib()   # libtorch keeps what it has had; the first run also loads cuBLAS
            answer = ours.ask("run")
        ours.close()
    row = {"loss": loss, "type": type_name, "batch": batch, "extra_gib": extra, "peer_gib": 4 * 4 * batch**2 / 2**30, "cpu_s": answer["cpu"],
           "wall_s": answer["wall"]}
    print(json.dumps(row), flush=True)
    return row


def table(rows, memory):
    lines = ["| loss | type | threads | B | peer CPU s | ours CPU s | ratio of CPU time (range) | ratio of wall time (range) | value, gradients differ by |",
             "|---|---|---|---|---|---|---|---|---|"]
    for r in rows:
        lines.append(f"| {r['loss']} | {r['type']} | {r['threads']} | {r['batch']} | {r['peer_cpu_s']:.3f} | {r['ours_cpu_s']:.3f} | "
                     f"{r['cpu_ratio']:.2f} ({r['cpu_ratio_min']:.2f} to {r['cpu_ratio_max']:.2f}) | "
                     f"{r['wall_ratio']:.2f} ({r['wall_ratio_min']:.2f} to {r['wall_ratio_max']:.2f}) | {r['value_difference']:.0e}, {r['gradient_difference']:.0e} |")
    if memory:
        lines += ["", "| loss | type | B | wall s | extra memory, GiB | four matrices [B, B], GiB |", "|---|---|---|---|---|---|"]
        lines += [f"| {r['loss']} | {r['type']} | {r['batch']} | {r['wall_s']:.3f} | {r['extra_gib']:.2f} | {r['peer_gib']:.0f} |" for r in memory]
    return "\n".join(lines) + "\n"


def plain_words(words):
    """Absolute paths say nothing elsewhere: their last part stands for them."""
    return " ".join(os.path.basename(word) if word.startswith("/") else word for word in words)


def provenance():
    git = os.environ.get("TWINSET_COMMIT")   # of a program that was built elsewhere
    if git is None:
        git = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True).stdout.strip()
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split()
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) / 2**20
    return {"command": "$(scripts/peers open_clip) scripts/benchmarks/loss_speed.py " + plain_words(sys.argv[1:]), "commit": git, "torch": torch.__version__,
            "open_clip": open_clip.__version__, "processor": cpu, "instructions": [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags],
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None, "cores": os.cpu_count(), "memory_gib": memory, "load_average_at_the_end": os.getloadavg()[0],
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/tests/framework/losses/loss_speed")
    p.add_argument("--losses", nargs="+", default=list(LOSSES), choices=list(LOSSES))
    p.add_argument("--types", nargs="+", default=["float32", "bfloat16"], choices=["float32", "bfloat16"])
    p.add_argument("--batches", nargs="*", type=int, default=[1024, 4096, 8192, 16384])
    p.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    p.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    p.add_argument("--kernel", default="auto", choices=["auto", "tiled", "dense"], help="ours")
    p.add_argument("--dim", type=int, default=512)
    p.add_argument("--rounds", type=int, default=14, help="of the smaller batches; half as many at 8,192, a quarter above")
    p.add_argument("--memory", nargs="*", type=int, default=[], help="batch sizes whose extra memory is measured")
    p.add_argument("--out", help="folder for table.md, table.json and provenance.json")
    a = p.parse_args()
    rows = [measure(a, loss, batch, type_name, threads) for loss in a.losses for type_name in a.types for threads in a.threads for batch in a.batches]
    memory = [measure_memory(a, loss, batch, type_name) for loss in a.losses for type_name in a.types for batch in a.memory]
    print(table(rows, memory))
    if a.out:
        os.makedirs(a.out, exist_ok=True)
        for name, text in (("table.md", table(rows, memory)), ("table.json", json.dumps({"speed": rows, "memory": memory}, indent=1) + "\n"),
                           ("provenance.json", json.dumps(provenance(), indent=1) + "\n")):
            with open(f"{a.out}/{name}", "w") as file:
                file.write(text)


if __name__ == "__main__":
    main()
