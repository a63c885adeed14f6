#!/usr/bin/env python3
"""Every protocol of configs/protocol on the wardrobe in Fashion200K's layout, from one trained run: scripts/protocols.py --out FOLDER

Renders the data, trains one small run on images and titles, and judges it three times, to show what leaks: on both, on images alone, on
titles alone. Chance and raw pixels stand beside it, "-" where a protocol has no number for them (raw pixels have no texts but attributes'
phrases). Writes table.md, table.csv and provenance.json.
"""
import argparse
import csv
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "benchmarks"))
from provenance import write_provenance  # noqa: E402

HEADLINES = {
    "attributes": ["product_to_attribute.hit@1", "product_to_attribute.hit@10", "product_to_attribute.recall@10", "product_to_attribute.map",
                   "product_to_attribute.log_frequency.map", "attribute_to_product.precision@10", "tuple_to_product.sum.precision@10",
                   "tuple_to_product.within_family.precision@10", "tuple_to_product.phrase.precision@10"],
    "caption_image": ["caption_to_image.hit@10", "caption_to_image.recall@10", "image_to_caption.hit@10", "image_to_caption.recall@10"],
    "composed_retrieval": ["composed_retrieval.exchange.hit@1", "composed_retrieval.exchange.hit@10", "composed_retrieval.exchange.hit@50"],
    "category_to_product": ["text_to_product.category.precision@1", "text_to_product.category.precision@10"],
    "title_to_product": ["text_to_product.title.precision@1", "text_to_product.title.average_recall", "text_to_product.title.mrr@10"],
    "knn": ["knn.category.accuracy@5", "knn.subcategory.accuracy@5", "knn.subcategory.majority"],
    "zero_shot": ["zero_shot.category.accuracy@1", "zero_shot.subcategory.accuracy@1"],
    "linear_probe": ["linear_probe.category.accuracy@1", "linear_probe.category.majority"],
}
COLUMNS = ["image + title", "image", "title", "raw pixels", "random"]


def judge(program, arguments):
    """Metrics that `twinset eval` prints; none where the subject has no texts for the protocol."""
    done = subprocess.run([program, "eval", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        if "raw pixels have no embedding of" in done.stderr:
            return {}
        sys.exit(f"twinset eval {' '.join(arguments)}:\n{done.stderr}")
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/experiments/twinset")
    p.add_argument("--work", default="outputs/protocols", help="folder of the data and the run")
    p.add_argument("--products", type=int, default=1500)
    p.add_argument("--steps", type=int, default=120)
    p.add_argument("--out", default="results/protocols")
    a = p.parse_args()
    data, run = os.path.join(a.work, f"wardrobe{a.products}"), os.path.join(a.work, f"run{a.products}.{a.steps}")
    subprocess.run([a.program, "wardrobe", "layout=fashion200k", f"folder={data}", f"num_products={a.products}", "seed=7", "views=2", "test_fraction=0.2"], check=True)
    config = ["dataset=fashion200k", f"dataset.reader.root={data}", "dataset.tuple_keys=[category,subcategory,word]"]
    if not os.path.exists(os.path.join(run, "result.json")):
        subprocess.run([a.program, "train", *config, f"hydra.run.dir={run}", "title_encoder=token_mean", "encoder.widths=[16,32,64]", "encoder.blocks=[1,1,1]",
                        "transform.image_size=32", "embedding_dim=64", "attribute_encoder.layers=1", f"trainer.num_steps={a.steps}",
                        "trainer.precision=float32", "loader.batch_size=64"], check=True)
    table = {}
    for protocol, metrics in HEADLINES.items():
        extra = ["protocol=" + protocol]
        if protocol == "attributes":
            extra.append("protocol.product_to_attribute.recall_at=[5,6,10]")
        if protocol == "linear_probe":
            extra.append("protocol.family=category")  # the words' many classes take long
        values = {inputs: judge(a.program, [f"run={run}", f"evaluation.inputs={inputs}", *extra]) for inputs in ("both", "image", "title")}
        for baseline in ("raw_pixels", "random"):
            values[baseline] = judge(a.program, [f"baseline={baseline}", *config, *extra])
        for metric in metrics:
            row = [values[column].get(metric) for column in ("both", "image", "title", "raw_pixels", "random")]
            if row[0] is None:
                sys.exit(f"protocol {protocol} reports no {metric}; it has: {', '.join(sorted(values['both']))}")
            table[(protocol, metric)] = row
    os.makedirs(a.out, exist_ok=True)
    with open(os.path.join(a.out, "table.md"), "w") as out:
        out.write(f"| protocol | metric | {' | '.join(COLUMNS)} |\n|---|---|{'---:|' * len(COLUMNS)}\n")
        for (protocol, metric), row in table.items():
            out.write(f"| {protocol} | {metric} | {' | '.join('-' if value is None else f'{value:.3f}' for value in row)} |\n")
    with open(os.path.join(a.out, "table.csv"), "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["protocol", "metric", *COLUMNS])
        for (protocol, metric), row in table.items():
            writer.writerow([protocol, metric, *("" if value is None else value for value in row)])
    write_provenance(pathlib.Path(a.out), {"products": a.products, "steps": a.steps})
    print(open(os.path.join(a.out, "table.md")).read(), end="")


if __name__ == "__main__":
    main()
