#!/usr/bin/env python3
"""The program as several processes: launched, compared with one process, killed, resumed, and started by torchrun.

    ranks_test.py PROGRAM [PYTHON_WITH_TORCH]       (without the second: torchrun is left out)
"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time

program = os.path.abspath(sys.argv[1])
torch_python = sys.argv[2] if len(sys.argv) > 2 and os.path.exists(sys.argv[2]) else None


def overrides(folder, *more):
    return [f"dataset.reader.folder={folder}/wardrobe", "dataset.reader.num_products=260", "dataset.reader.test_fraction=0.2",
            "dataset.reader.val_fraction=0.2", "dataset.vocabulary.min_count=5", "transform.image_size=16", "encoder=vit", "encoder.width=12",
            "encoder.depth=1", "encoder.heads=2", "attribute_encoder.width=16", "attribute_encoder.layers=1", "embedding_dim=8",
            "loader.batch_size=32", "loader.num_threads=1", "trainer.num_steps=8", "trainer.log_every=2", "trainer.precision=float32",
            "trainer.evaluate_every=4", "schedule.warmup_steps=2", "evaluation.min_products_per_tuple=1", *more]


def run(command, expect=0):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=250)
    assert done.returncode == expect, f"{' '.join(command)}: status {done.returncode}\n{done.stdout}"
    return done.stdout


def check_same_result(one, other):
    """The same losses, to float32's rounding; contrastive_ranks_test has the exact comparison, in float64."""
    lines = [[json.loads(line) for line in open(f"{folder}/metrics.jsonl")] for folder in (one, other)]
    assert [line["step"] for line in lines[1]] == [2, 4, 6, 8], lines[1]
    assert any("val.product_to_attribute.map" in line for line in lines[1])
    difference = max(abs(a["loss"] - b["loss"]) for a, b in zip(*lines))
    assert difference < 1e-3, difference
    assert os.path.exists(f"{other}/model.safetensors") and os.path.exists(f"{other}/result.json")
    return difference


def main():
    with tempfile.TemporaryDirectory() as folder:
        one = f"{folder}/one"
        run([program, "train", *overrides(folder), f"hydra.run.dir={one}"])

        two = f"{folder}/two"
        text = run([program, "launch", "--ranks", "2", "train", *overrides(folder, "trainer.query_chunk=0"), f"hydra.run.dir={two}"])
        assert re.search(r"^\[0\] rank 0: .* 2 ranks", text, re.M), text
        assert not re.search(r"^\[1\] ", text, re.M), "rank 1 keeps silent:\n" + text
        print("launched: largest difference of a loss", check_same_result(one, two))

        run([program, "train", "-m", *overrides(folder, "seed=1,2", "launcher.ranks.count=2"), f"hydra.sweep.dir={folder}/sweep"])
        print("a sweep's job of two ranks: largest difference of a loss", check_same_result(one, f"{folder}/sweep/seed=1"))

        text = run([program, "check-gradients", *overrides(folder), "ranks=2", "steps=1"])
        assert "equal: every gradient within 1e-10" in text and "query.image" in text and "loss.log_inverse_temperature" in text, text
        # The ranks read the configs that the command names: an encoder that stands nowhere else.
        shutil.copytree("configs", f"{folder}/configs")
        shutil.copy("configs/encoder/vit.yaml", f"{folder}/configs/encoder/mine.yaml")
        mine = [text.replace("encoder=vit", "encoder=mine") for text in overrides(folder)]
        text = run([program, "check-gradients", "--config-path", f"{folder}/configs", *mine, "ranks=2", "steps=1"])
        assert "equal: every gradient within 1e-10" in text, text
        os.makedirs(f"{folder}/more/encoder")
        shutil.move(f"{folder}/configs/encoder/mine.yaml", f"{folder}/more/encoder/mine.yaml")
        text = run([program, "check-gradients", "--config-dir", f"{folder}/more", *mine, "ranks=2", "steps=1"])
        assert "equal: every gradient within 1e-10" in text, text
        without_encoder = [text for text in overrides(folder) if not text.startswith("encoder")]
        text = run([program, "check-gradients", *without_encoder, "encoder=resnet", "encoder.widths=[4,4,8,8]", "ranks=2"], expect=1)
        assert "the query encoder has batch norm, which mixes the samples of a batch" in text, text

        text = run([program, "launch", "--ranks", "2", "train", "-m", *overrides(folder, "seed=1,2")], expect=1)
        assert "this is one of 2 ranks, expected one run, shared by the ranks" in text, text
        text = run([program, "launch", "train"], expect=1)
        assert "does not say how many ranks, expected --ranks N COMMAND..." in text, text
        text = run([program, "launch", "--ranks", "3", "sh", "-c", "[ $RANK = 1 ] && exit 7; sleep 100"], expect=7)
        assert "ended with status 7; ending the other ranks" in text, text

        # A rank that is killed ends the run, which keeps its last checkpoint.
        killed = f"{folder}/killed"
        long = overrides(folder, "trainer.num_steps=4000", "trainer.checkpoint_every=1", "trainer.evaluate_every=0", "distributed.timeout_seconds=30")
        process = subprocess.Popen([program, "launch", "--ranks", "2", "sh", "-c", f'echo "pid $$"; exec "$@"', "sh", program, "train", *long,
                                    f"hydra.run.dir={killed}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        pids = {}
        while len(pids) < 2:
            match = re.match(r"\[(\d)\] pid (\d+)", process.stdout.readline())
            if match:
                pids[match[1]] = int(match[2])
        deadline = time.time() + 120
        log = f"{killed}/metrics.jsonl"
        while not (os.path.exists(f"{killed}/last.safetensors") and os.path.exists(log) and open(log).read()):
            assert time.time() < deadline and process.poll() is None
            time.sleep(0.1)
        os.kill(pids["1"], signal.SIGKILL)
        text, _ = process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGKILL, (process.returncode, text)
        assert f"rank 1 (pid {pids['1']}) was ended by signal 9 (Killed); ending the other ranks" in text, text
        step = json.loads(open(log).readlines()[-1])["step"]
        assert 0 < step < 4000
        print("killed at step", step)

        if torch_python is None:
            print("torchrun: left out, there is no Python with torch (scripts/peers torch makes one)")
            return
        three = f"{folder}/three"
        text = run([torch_python, "-m", "torch.distributed.run", "--no-python", "--standalone", "--nproc-per-node=2", program, "train", *overrides(folder),
                    f"hydra.run.dir={three}"])
        print("torchrun: largest difference of a loss", check_same_result(one, three))


main()
