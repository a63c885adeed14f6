#!/usr/bin/env python3
"""Compares our decoding and resampling with Pillow and torchvision on real pictures and equal crop boxes.

transform_dump FOLDER 'products-test-*.tar' dump.bin 64
python compare_with_torchvision.py 'FOLDER/products-test-*.tar' dump.bin      (needs Pillow, NumPy, torchvision)
"""
import glob
import io
import sys
import tarfile

import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image


def pictures(pattern):
    for path in sorted(glob.glob(pattern)):
        with tarfile.open(path) as tar:
            for member in tar:
                if member.name.endswith((".jpg", ".jpeg", ".png", ".webp")):
                    image = Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB")
                    yield torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)


def main():
    data, offset, counts = open(sys.argv[2], "rb").read(), 0, np.zeros(256, np.int64)
    for image in pictures(sys.argv[1]):
        _, left, top, width, height, flip, size = np.frombuffer(data, np.int32, 7, offset).tolist()
        ours = np.frombuffer(data, np.uint8, size * size * 3, offset + 28).reshape(size, size, 3)
        offset += 28 + size * size * 3
        theirs = F.resized_crop(image, top, left, height, width, [size, size], antialias=True)
        theirs = (F.hflip(theirs) if flip else theirs).permute(1, 2, 0).numpy()
        counts += np.bincount(np.abs(ours.astype(int) - theirs).ravel(), minlength=256)
    assert offset == len(data), "the dump holds other pictures"
    share = counts / counts.sum()
    print(f"{counts.sum()} values: equal {share[0]:.4%}, one level {share[1]:.4%}, more {share[2:].sum():.6%}; "
          f"largest {np.flatnonzero(counts).max()}, mean {(share * np.arange(256)).sum():.4f}")


main()
