"""Reads a wardrobe with Python's tarfile, and with webdataset and Pillow where they are installed."""
import glob
import json
import subprocess
import sys
import tarfile

folder = sys.argv[1]
shards = sorted(glob.glob(folder + "/wardrobe-*.tar"))
truth = {line["id"]: line for line in map(json.loads, open(folder + "/truth.jsonl"))}
seen = []
for shard in shards:
    with tarfile.open(shard, "r:", errorlevel=2) as tar:
        members = tar.getmembers()
        assert members and len(members) % 2 == 0
        for image, record in zip(members[::2], members[1::2]):
            key = image.name.split(".")[0]
            assert (image.name, record.name) == (key + ".jpg", key + ".json")
            assert image.mtime == 0 and image.mode == 0o644 and image.isreg()
            data = json.load(tar.extractfile(record))
            assert data.pop("id") == key and data.pop("title") == truth[key]["title"]
            assert data == truth[key]["attributes"]
            assert tar.extractfile(image).read(2) == b"\xff\xd8"
            seen.append(key)
assert sorted(seen) == sorted(truth) and len(set(seen)) == len(seen)
print(f"tarfile: {len(seen)} products in {len(shards)} shards")
if subprocess.run(["tar", "tf", shards[0]], capture_output=True).returncode != 0:
    sys.exit("GNU tar can't read " + shards[0])

try:
    import webdataset
except ImportError:
    print("webdataset is not installed: not compared")
else:
    samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode("pil").to_tuple("jpg", "json"))
    assert [sample[1]["id"] for sample in samples] == seen
    assert all(sample[0].size == (96, 96) for sample in samples)
    print(f"webdataset {webdataset.__version__}: {len(samples)} samples with decoded pictures")
