#!/usr/bin/env python3
"""The same loading as loader_bench in Python, the usual way: Pillow, torchvision v2, a DataLoader. Runs both in turn.

python loader_peer.py LOADER_BENCH FOLDER 'products-train-*.tar' [workers] [rounds]    (needs Pillow, torchvision)
"""
import glob
import io
import os
import subprocess
import sys
import tarfile
import time

import torch
from PIL import Image
from torchvision.transforms import v2


class Shards(torch.utils.data.Dataset):
    def __init__(self, pattern, is_decoded):
        self.files = []
        for path in sorted(glob.glob(pattern)):
            with tarfile.open(path) as tar:
                self.files += [tar.extractfile(m).read() for m in tar if m.name.endswith(".jpg")]
        self.is_decoded = is_decoded
        if is_decoded:
            self.files = [v2.functional.pil_to_tensor(Image.open(io.BytesIO(f)).convert("RGB")) for f in self.files]
        self.transform = v2.Compose([v2.RandomResizedCrop(64, scale=(0.7, 1), antialias=True), v2.RandomHorizontalFlip()])

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        file = self.files[i]
        return self.transform(file if self.is_decoded else v2.functional.pil_to_tensor(Image.open(io.BytesIO(file)).convert("RGB")))


def rate(data, workers):
    loader = torch.utils.data.DataLoader(data, 256, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0)
    for _ in loader:
        pass
    start, images = time.perf_counter(), 0
    for batch in loader:
        images += len(batch)
    return images / (time.perf_counter() - start)


def main():
    bench, folder, shards = sys.argv[1:4]
    workers = int(sys.argv[4]) if len(sys.argv) > 4 else len(os.sched_getaffinity(0))
    torch.set_num_threads(1)
    for _ in range(int(sys.argv[5]) if len(sys.argv) > 5 else 3):
        for is_decoded in (False, True):
            print(f"DataLoader, {'decoded once' if is_decoded else 'decoding'}: {rate(Shards(f'{folder}/{shards}', is_decoded), workers):.0f} images/s")
        print(subprocess.run([bench, folder, shards, "256", str(workers)], check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
