#!/usr/bin/env python3
"""The fuzzers' corpora as they are kept: one file a target, one input a line, a JSON string whose characters are bytes.

    corpus.py unpack FILE.jsonl FOLDER                  one file an input, as libFuzzer wants them
    corpus.py pack FOLDER FILE.jsonl [MAX_BYTES]        the inputs of a folder, shortest first, until the file is full
"""
import hashlib, json, os, sys


def unpack(file, folder):
    os.makedirs(folder, exist_ok=True)
    for line in open(file, encoding="utf-8"):
        data = json.loads(line).encode("latin-1")
        with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as out:
            out.write(data)


def pack(folder, file, max_bytes=48_000):
    inputs = [open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)]
    lines, size = [], 0
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        line = json.dumps(data.decode("latin-1")) + "\n"
        size += len(line)
        if size > int(max_bytes):
            break
        lines.append(line)
    open(file, "w", encoding="utf-8").writelines(lines)


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("unpack", "pack"):
        sys.exit(__doc__)
    {"unpack": unpack, "pack": pack}[sys.argv[1]](*sys.argv[2:])
