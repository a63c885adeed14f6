#!/usr/bin/env python3
"""Writes goldens.json: what Pillow decodes and torchvision resamples and adjusts, for the automatic tests.

python make_goldens.py            (needs Pillow and torchvision; only to make the file again)
"""
import io
import json
import os

import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image


def picture(width, height):
    """The same picture as golden_picture in goldens.h: ramps, edges and fine texture."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 7 * (c + 1) + y * 13 + ((x * y) >> 2) * 3 + c * 50) & 255).astype(np.uint8)


def resampled(width, height, box, size, flip):
    left, top, w, h = box
    image = torch.from_numpy(picture(width, height)).permute(2, 0, 1)
    out = F.resized_crop(image, top, left, h, w, [size, size], antialias=True)
    out = F.hflip(out) if flip else out
    return {"width": width, "height": height, "box": box, "size": size, "flip": flip, "pixels": out.permute(1, 2, 0).numpy().tobytes().hex()}


def adjusted(name, factor):
    image = torch.from_numpy(picture(20, 14)).permute(2, 0, 1)
    out = getattr(F, "adjust_" + name)(image, factor)
    return {"adjust": name, "factor": factor, "pixels": out.permute(1, 2, 0).numpy().tobytes().hex()}


def decoded(name, image, extension, **options):
    file = io.BytesIO()
    image.save(file, extension, **options)
    back = Image.open(io.BytesIO(file.getvalue()))
    if "A" in back.mode or "transparency" in back.info:
        back = back.convert("RGBA")
        white = Image.new("RGBA", back.size, "white")
        back = Image.alpha_composite(white, back)
    if back.mode.startswith("I"):
        back = Image.fromarray((np.asarray(back) / 257.0 + 0.5).astype(np.uint8))
    return {"name": name, "width": image.width, "height": image.height, "file": file.getvalue().hex(), "pixels": back.convert("RGB").tobytes().hex()}


def codecs():
    y, x = np.mgrid[0:18, 0:23]
    smooth = np.stack([x * 11, y * 14, 255 - x * 5 - y * 7], 2).astype(np.uint8)
    rgb = Image.fromarray(smooth)
    rgba = Image.fromarray(np.dstack([smooth, (x * 11).astype(np.uint8)]))
    grey16 = Image.fromarray((x * 2849 + y * 100).astype(np.uint16))
    return [
        decoded("jpeg", rgb, "JPEG", quality=90),
        decoded("jpeg_444_progressive", rgb, "JPEG", quality=80, subsampling=0, progressive=True),
        decoded("jpeg_grey", rgb.convert("L"), "JPEG", quality=90),
        decoded("jpeg_cmyk", rgb.convert("CMYK"), "JPEG", quality=95),
        decoded("png", rgb, "PNG"),
        decoded("png_alpha", rgba, "PNG"),
        decoded("png_palette", rgb.quantize(16), "PNG"),
        decoded("png_grey16", grey16, "PNG"),
        decoded("webp", rgb, "WEBP", quality=80),
        decoded("webp_lossless_alpha", rgba, "WEBP", lossless=True, exact=True),
    ]


def main():
    resample = [
        resampled(32, 32, [0, 0, 32, 32], 32, False),
        resampled(33, 27, [0, 0, 33, 27], 16, False),
        resampled(33, 27, [5, 3, 20, 21], 16, True),
        resampled(96, 96, [7, 2, 81, 90], 24, False),
        resampled(96, 96, [11, 30, 70, 60], 24, True),
        resampled(10, 12, [1, 2, 8, 9], 24, False),
        resampled(200, 150, [3, 4, 190, 140], 8, False),
        resampled(5, 4, [2, 1, 2, 1], 8, False),
    ]
    adjust = [adjusted(n, f) for n in ("brightness", "contrast", "saturation") for f in (0.0, 0.6, 1.0, 1.4)]
    adjust += [adjusted("hue", f) for f in (-0.5, -0.1, 0.03, 0.4)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json")
    with open(path, "w") as file:
        json.dump({"resample": resample, "adjust": adjust, "codecs": codecs()}, file, indent=0)
        file.write("\n")
    print(os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
