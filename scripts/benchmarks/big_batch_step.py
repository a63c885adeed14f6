#!/usr/bin/env python3
"""A training step at effective batch 4,096 in micro-batches of 64: twinset's gradient caching against open_clip's own accumulation, in turn.

    scripts/build big_batch_step_bench
    $(scripts/peers open_clip) scripts/benchmarks/big_batch_step.py [--rounds 3] [--threads 2] [--concurrent 2] [--out results/big_batch_step]

The peer is open_clip_train's train_one_epoch (--accum-freq 64) over 64 batches of 64: one optimiser step. Ours is the trainer's step
with query_chunk = document_chunk = 64 and concurrent_chunks = 2: two chunks at a time, each on one thread (--concurrent 1: one, on
all). Both start from the same weights (open_clip's, carried over), pixels, tokens and AdamW. First the losses before and after an
update must be equal; then the two run in turn, and the median of the ratios of their times is printed. Extra memory is each process's
peak (VmHWM) less what it held before its first step.
"""
import argparse, json, logging, math, multiprocessing, os, platform, statistics, subprocess, tempfile, time, types

import torch
import open_clip
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from open_clip_train.train import train_one_epoch
from safetensors.torch import save_file

# Towers: name, image (side, patch, width, layers, heads), text (width, layers, heads, length), embedding.
SHAPES = {
    "vit_tiny": dict(image_size=64, patch_size=8, image_width=96, image_layers=4, image_heads=3, text_width=128, text_layers=2, text_heads=4,
                     context_length=16, vocabulary=2048, embedding_dim=128),
    "vit_tiny, D = 512": dict(image_size=64, patch_size=8, image_width=96, image_layers=4, image_heads=3, text_width=128, text_layers=2,
                              text_heads=4, context_length=16, vocabulary=2048, embedding_dim=512),
    "vit": dict(image_size=64, patch_size=8, image_width=192, image_layers=6, image_heads=3, text_width=128, text_layers=2, text_heads=4,
                context_length=16, vocabulary=2048, embedding_dim=128),
}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LR = 1e-4


def make_peer(s):
    torch.manual_seed(0)
    model = CLIP(s["embedding_dim"],
                 CLIPVisionCfg(layers=s["image_layers"], width=s["image_width"], head_width=s["image_width"] // s["image_heads"],
                               patch_size=s["patch_size"], image_size=s["image_size"]),
                 CLIPTextCfg(context_length=s["context_length"], vocab_size=s["vocabulary"], width=s["text_width"], heads=s["text_heads"],
                             layers=s["text_layers"], pool_type="eos", eos_id=2),
                 output_dict=True)
    is_decayed = lambda name, p: p.ndim >= 2
    groups = [[p for n, p in model.named_parameters() if is_decayed(n, p) == wanted] for wanted in (False, True)]
    optimizer = torch.optim.AdamW([{"params": groups[0], "weight_decay": 0.0}, {"params": groups[1], "weight_decay": 0.2}],
                                  lr=LR, betas=(0.9, 0.98), eps=1e-8)
    return model, optimizer


def peer_steps(model, optimizer, images, texts, micro):
    """A function that makes one step with open_clip's own loop and returns its loss and seconds."""
    mean, std = torch.tensor(MEAN).view(1, 3, 1, 1), torch.tensor(STD).view(1, 3, 1, 1)
    pixels = (images.permute(0, 3, 1, 2).float().div(255) - mean) / std
    batches = list(zip(pixels.split(micro), texts.split(micro)))

    class Loader:
        num_batches, num_samples = len(batches), len(images)
        def __iter__(self):
            return iter(batches)

    class Writer:
        loss = None
        def add_scalar(self, name, value, step):
            if name == "train/loss":
                self.loss = value

    args = types.SimpleNamespace(device="cpu", precision="fp32", distill=False, accum_freq=len(batches), skip_scheduler=True, grad_clip_norm=None,
                                 horovod=False, log_every_n_steps=1, batch_size=micro, world_size=1, rank=0, local_rank=0, log_local=False, wandb=False)
    data = {"train": types.SimpleNamespace(set_epoch=lambda epoch: None, dataloader=Loader())}
    loss = open_clip.ClipLoss(cache_labels=True)

    def step():
        writer = Writer()
        begin = time.perf_counter()
        train_one_epoch(model, data, loss, 0, optimizer, None, None, None, args, tb_writer=writer)
        return writer.loss, time.perf_counter() - begin

    return step


def weights_of(model):
    """open_clip's parameters under our names."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name in ("logit_scale", "attn_mask") or not tensor.is_floating_point():
            continue
        ours = "query." + name[len("visual."):] if name.startswith("visual.") else "document." + name
        tensors[ours] = tensor.detach().clone().contiguous()
    return tensors


class Ours:
    def __init__(self, program, file, micro, concurrent, threads):
        self.process = subprocess.Popen([program, file, str(micro), str(micro), str(concurrent), str(threads), str(LR)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def step(self):
        self.process.stdin.write("step\n")
        self.process.stdin.flush()
        self.last = json.loads(self.process.stdout.readline())
        return self.last["loss"], self.last["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def status_mib(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) / 1024


def compare(name, a):
    logging.disable(logging.INFO)
    torch.set_num_threads(a.threads)
    s = SHAPES[name]
    model, optimizer = make_peer(s)
    generator = torch.Generator().manual_seed(1)
    images = torch.randint(0, 256, (a.batch, s["image_size"], s["image_size"], 3), dtype=torch.uint8, generator=generator)
    texts = torch.randint(3, s["vocabulary"], (a.batch, s["context_length"]), generator=generator)
    texts[:, 0], texts[:, -1] = 1, 2
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "step.safetensors")
        save_file({**weights_of(model), "images": images, "texts": texts}, file, {k: str(v) for k, v in s.items()})
        ours = Ours(a.program, file, a.micro, a.concurrent, a.threads)
        peer = peer_steps(model, optimizer, images, texts, a.micro)
        rows = []
        open("/proc/self/clear_refs", "w").write("5")  # VmHWM from here on
        before = status_mib("VmRSS")
        for r in range(a.rounds + 1):
            (their_loss, their_seconds), (our_loss, our_seconds) = peer(), ours.step()
            print(f"{name} round {r}: open_clip loss {their_loss:.6f} in {their_seconds:.2f} s, twinset loss {our_loss:.6f} in {our_seconds:.2f} s, "
                  f"ratio {their_seconds / our_seconds:.2f}", flush=True)
            if r == 0:  # the same function of the same weights, and a warm-up
                assert sum(p.numel() for p in model.parameters()) == ours.last["parameters"], "parameter counts differ"
                assert abs(their_loss - our_loss) < 1e-4, "losses differ before any update"
            else:
                rows.append((their_seconds, our_seconds))
            if r == 1:
                assert abs(their_loss - our_loss) < 1e-3, "losses differ after one update"
        ours.close()
        extra = status_mib("VmHWM") - before
    ratios = [theirs / mine for theirs, mine in rows]
    return {"towers": name, "embedding_dim": s["embedding_dim"], "parameters": ours.last["parameters"],
            "open_clip_seconds": statistics.median(t for t, _ in rows), "twinset_seconds": statistics.median(m for _, m in rows),
            "ratio": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios), "rounds": len(rows),
            "open_clip_extra_mib": extra, "twinset_extra_mib": ours.last["extra_mib"]}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/tests/framework/trainer/big_batch_step_bench")
    p.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=list(SHAPES))
    p.add_argument("--batch", type=int, default=4096)
    p.add_argument("--micro", type=int, default=64)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--concurrent", type=int, default=2, help="our chunks at a time")
    p.add_argument("--out", help="folder for table.md and provenance.json")
    a = p.parse_args()
    results = []
    for name in a.shapes:  # in a process of its own, for its memory
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            results.append(pool.apply(compare, (name, a)))
    lines = [f"| towers | D | parameters | open_clip {open_clip.__version__}, s a step | twinset, s a step | ratio, median of {a.rounds} (lowest to highest) | extra memory, MiB |",
             "|---|---|---|---|---|---|---|"]
    lines += [f"| {r['towers'].split(',')[0]} + transformer | {r['embedding_dim']} | {r['parameters'] / 1e6:.2f} M | {r['open_clip_seconds']:.2f} | {r['twinset_seconds']:.2f} "
              f"| {r['ratio']:.2f} ({r['lowest']:.2f} to {r['highest']:.2f}) | {r['open_clip_extra_mib']:.0f}, ours {r['twinset_extra_mib']:.0f} |" for r in results]
    print("\n".join(lines))
    if a.out:
        os.makedirs(a.out, exist_ok=True)
        commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
        processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
        open(os.path.join(a.out, "table.md"), "w").write("\n".join(lines) + "\n")
        with open(os.path.join(a.out, "provenance.json"), "w") as file:
            json.dump({"command": f"scripts/benchmarks/big_batch_step.py --batch {a.batch} --micro {a.micro} --rounds {a.rounds} --threads {a.threads} --concurrent {a.concurrent}",
                       "what": f"one training step, float32, effective batch {a.batch}, micro-batch {a.micro} (ours: {a.concurrent} at a time); losses equal before and after an update",
                       "commit": commit, "processor": processor, "threads": a.threads, "torch": torch.__version__, "open_clip": open_clip.__version__,
                       "load_average": os.getloadavg(), "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "results": results}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
