#!/usr/bin/env python3
"""Value and gradient of twinset's losses against other software's, on random input, in float64.

    scripts/build twinset_loss_values && $(scripts/peers losses) scripts/parity/losses.py --out results/loss_parity
    $(scripts/peers losses) scripts/parity/losses.py --golden tests/framework/losses/golden/peers.json

Each case names the peer, the mapping of options, and a function of (queries, documents) that calls it. Gradients are compared along the
sphere: many peers scale their inputs to length 1 themselves, and the encoders do so in twinset. The largest difference of a value or of a
gradient, relative to the largest number where that is above 1, goes into the table; past a case's tolerance the script fails.
--golden writes small cases with the peers' answers, which losses_test compares without any of them.
"""
import argparse, importlib.metadata, json, math, os, platform, subprocess, sys
import torch
import torch.nn.functional as F
import open_clip.loss as open_clip
import pytorch_metric_learning.losses as pml
import pytorch_metric_learning.miners as miners
from pytorch_metric_learning.distances import CosineSimilarity
from pytorch_metric_learning.reducers import MeanReducer
from timm.loss import AsymmetricLossMultiLabel

torch.set_default_dtype(torch.float64)
TAU = math.exp(-2.5)   # its logarithm is exact in float32, which the temperature is made in
CASES = []


def case(loss, peer, mapping, tolerance=1e-10, note="", **data):
    def add(function):
        CASES.append({"loss": loss, "peer": peer, "mapping": mapping, "tolerance": tolerance, "note": note, "data": data, "function": function})
    return add


class Input:
    """Unit rows; document j is of class j % classes, query i of class i % classes, and their pairs are positive."""

    def __init__(self, size, seed, classes=None, documents=None, width=6, **extra):
        generator = torch.Generator().manual_seed(seed)
        unit = lambda rows, dim=width: F.normalize(torch.randn(rows, dim, generator=generator))
        num_documents = documents or size
        classes = classes or num_documents
        self.queries, self.documents = unit(size), unit(num_documents)
        self.query_labels, self.document_labels = torch.arange(size) % classes, torch.arange(num_documents) % classes
        self.positives = [[j for j in range(num_documents) if j % classes == i % classes] for i in range(size)]
        self.multi_label = None
        if extra.get("multi_label"):
            self.multi_label = torch.rand(size, num_documents, generator=generator) < 0.3
            self.positives = [[j for j in range(num_documents) if self.multi_label[i, j]] for i in range(size)]
        self.teacher_queries, self.teacher_documents = unit(size), unit(num_documents)
        self.with_teacher = extra.get("teacher", False)

    def case(self, loss):
        result = {"loss": loss, "queries": self.queries.tolist(), "documents": self.documents.tolist(), "positives": self.positives}
        if self.with_teacher:
            result |= {"teacher_queries": self.teacher_queries.tolist(), "teacher_documents": self.teacher_documents.tolist()}
        return result


def softmax(name, w=0.0, tau=TAU, **options):
    return {"name": name, "temperature": {"initial": tau, "is_learnable": True}, "document_weight": w, **options}


# open_clip
@case(softmax("info_nce", 0.5), "open_clip_torch ClipLoss", "logit_scale = 1 / temperature, document_weight 0.5")
def _(q, d, x):
    return open_clip.ClipLoss()(q, d, torch.tensor(1 / TAU))


@case({"name": "sigmoid", "temperature": {"initial": TAU}, "bias": -3.0}, "open_clip_torch SigLipLoss", "logit_scale = 1 / temperature, logit_bias = bias")
def _(q, d, x):
    return open_clip.SigLipLoss()(q, d, torch.tensor(1 / TAU), torch.tensor(-3.0))


@case(softmax("distillation", 0.5, teacher_temperature=0.25), "open_clip_torch DistillClipLoss", "the distill term; dist_logit_scale = 1 / teacher_temperature",
      teacher=True)
def _(q, d, x):
    loss = open_clip.DistillClipLoss()
    _, distill = loss(q, d, torch.tensor(1 / TAU), x.teacher_queries, x.teacher_documents, torch.tensor(1 / 0.25))
    return distill


# pytorch-metric-learning: documents are the reference set, or the proxies
def pair_loss(loss, miner=None):
    def function(q, d, x):
        indices = miner(q, x.query_labels, d, x.document_labels) if miner else None
        return loss(q, x.query_labels, indices, ref_emb=d, ref_labels=x.document_labels)
    return function


def proxies(make, name, transposed):
    def function(q, d, x):
        loss = make(len(d), q.shape[1])
        del loss._parameters[name]   # the documents themselves in its place, so that their gradient is the documents'
        setattr(loss, name, d.t() if transposed else d)
        return loss(q, x.query_labels)
    return function


PML = "pytorch-metric-learning "
SOFTPLUS = "its softplus is linear above 20"
case(softmax("sup_con"), PML + "SupConLoss", "temperature, document_weight 0", classes=3)(pair_loss(pml.SupConLoss(temperature=TAU)))
case(softmax("info_nce"), PML + "NTXentLoss", "temperature, one positive a row, document_weight 0")(pair_loss(pml.NTXentLoss(temperature=TAU)))
case(softmax("multi_positive"), PML + "NTXentLoss", "temperature, as many positives in each row, document_weight 0", classes=3)(pair_loss(pml.NTXentLoss(temperature=TAU)))
case(softmax("sup_con_in", tau=math.exp(-1.5)), PML + "NCALoss", "softmax_scale = 1 / (2 temperature) of squared distances, document_weight 0",
     classes=3)(pair_loss(pml.NCALoss(softmax_scale=math.exp(1.5) / 2)))
case({"name": "circle", "margin": 0.4, "scale": 80.0}, PML + "CircleLoss", "m = margin, gamma = scale", 1e-8, SOFTPLUS, classes=3)(pair_loss(pml.CircleLoss(m=0.4, gamma=80)))
case({"name": "multi_similarity", "mining_margin": None}, PML + "MultiSimilarityLoss", "alpha, beta, base; no miner",
     classes=3)(pair_loss(pml.MultiSimilarityLoss(alpha=2, beta=50, base=0.5)))
case({"name": "multi_similarity", "mining_margin": 0.1}, PML + "MultiSimilarityLoss", "with MultiSimilarityMiner(epsilon = mining_margin)",
     classes=3)(pair_loss(pml.MultiSimilarityLoss(alpha=2, beta=50, base=0.5), miners.MultiSimilarityMiner(epsilon=0.1)))
TRIPLET = {"distance": CosineSimilarity(), "reducer": MeanReducer()}
case({"name": "triplet", "miner": "all", "margin": 0.2, "document_weight": 0.0}, PML + "TripletMarginLoss",
     "CosineSimilarity, MeanReducer; as many positives in each row", classes=3)(pair_loss(pml.TripletMarginLoss(margin=0.2, **TRIPLET)))
case({"name": "triplet", "miner": "all", "is_soft": True, "scale": 1.0, "document_weight": 0.0}, PML + "TripletMarginLoss", "smooth_loss, margin 0; scale 1",
     1e-8, SOFTPLUS, classes=3)(pair_loss(pml.TripletMarginLoss(margin=0.0, smooth_loss=True, **TRIPLET)))
case({"name": "triplet", "miner": "hardest", "margin": 0.2, "document_weight": 0.0}, PML + "TripletMarginLoss",
     "with BatchHardMiner, one positive a row")(pair_loss(pml.TripletMarginLoss(margin=0.2, **TRIPLET), miners.BatchHardMiner(distance=CosineSimilarity())))
case(softmax("sup_con"), PML + "NormalizedSoftmaxLoss", "temperature; documents are its weights, document_weight 0", classes=8, documents=8)(
    proxies(lambda n, dim: pml.NormalizedSoftmaxLoss(n, dim, temperature=TAU), "W", True))
case(softmax("sup_con", tau=math.exp(-1.5)), PML + "ProxyNCALoss", "softmax_scale = 1 / (2 temperature); it keeps the positive in the sum (Proxy-NCA++)",
     classes=8, documents=8)(proxies(lambda n, dim: pml.ProxyNCALoss(n, dim, softmax_scale=math.exp(1.5) / 2), "proxies", False))
case({"name": "proxy_anchor"}, PML + "ProxyAnchorLoss", "margin, alpha; documents are its proxies", classes=8, documents=8)(
    proxies(lambda n, dim: pml.ProxyAnchorLoss(n, dim, margin=0.1, alpha=32), "proxies", False))
case(softmax("margin_softmax", tau=math.exp(-3), angular_margin=0.5, cosine_margin=0.0), PML + "ArcFaceLoss", "margin in degrees, scale = 1 / temperature",
     classes=8, documents=8)(proxies(lambda n, dim: pml.ArcFaceLoss(n, dim, margin=math.degrees(0.5), scale=math.exp(3)), "W", True))
case(softmax("margin_softmax", tau=math.exp(-3), angular_margin=0.0, cosine_margin=0.35), PML + "CosFaceLoss", "margin, scale = 1 / temperature",
     classes=8, documents=8)(proxies(lambda n, dim: pml.CosFaceLoss(n, dim, margin=0.35, scale=math.exp(3)), "W", True))


# torch itself
@case(softmax("soft_target", smoothing=0.1), "torch cross_entropy", "label_smoothing = smoothing, document_weight 0")
def _(q, d, x):
    return F.cross_entropy(q @ d.t() / TAU, x.query_labels, label_smoothing=0.1)


@case({"name": "asymmetric", "temperature": {"initial": TAU}, "bias": -3.0, "gamma_negative": 0.0, "clip": 0.0}, "torch binary_cross_entropy_with_logits",
      "mean over the batch, sum over documents; gammas and clip 0", multi_label=True)
def _(q, d, x):
    return F.binary_cross_entropy_with_logits(q @ d.t() / TAU - 3, x.multi_label.double(), reduction="sum") / len(q)


@case({"name": "asymmetric", "temperature": {"initial": math.exp(-1)}, "bias": -1.0, "gamma_positive": 1.0, "gamma_negative": 4.0, "clip": 0.05},
      "timm AsymmetricLossMultiLabel", "gamma_neg, gamma_pos, clip; its sum divided by the batch", 1e-6,
      "it clamps probabilities at 1e-8 before the logarithm", multi_label=True)
def _(q, d, x):
    return AsymmetricLossMultiLabel(gamma_neg=4, gamma_pos=1, clip=0.05)(q @ d.t() * math.exp(1) - 1, x.multi_label.double()) / len(q)


def sentence_transformers_cases():
    from sentence_transformers import losses, util

    class Model(torch.nn.Module):
        """Stands for a SentenceTransformer whose embeddings are given."""
        def forward(self, features):
            return dict(features)

        def get_sentence_embedding_dimension(self):
            return 6

    def features(q, d):
        return [{"sentence_embedding": q}, {"sentence_embedding": d}]

    ST = "sentence-transformers "

    @case(softmax("info_nce"), ST + "MultipleNegativesRankingLoss", "scale = 1 / temperature, document_weight 0")
    def _(q, d, x):
        return losses.MultipleNegativesRankingLoss(Model(), scale=1 / TAU)(features(q, d), None)

    @case(softmax("info_nce", 0.5), ST + "MultipleNegativesSymmetricRankingLoss", "scale = 1 / temperature, document_weight 0.5")
    def _(q, d, x):
        return losses.MultipleNegativesSymmetricRankingLoss(Model(), scale=1 / TAU)(features(q, d), None)

    @case({"name": "matryoshka", "dims": [6, 4, 2], "weights": [1.0, 0.5, 0.25], "loss": softmax("info_nce")}, ST + "MatryoshkaLoss",
          "of MultipleNegativesRankingLoss; matryoshka_dims, matryoshka_weights")
    def _(q, d, x):
        model = Model()
        loss = losses.MultipleNegativesRankingLoss(model, scale=1 / TAU)
        return losses.MatryoshkaLoss(model, loss, matryoshka_dims=[6, 4, 2], matryoshka_weights=[1.0, 0.5, 0.25])(features(q, d), None)

    @case({"name": "embedding_mse"}, ST + "MSELoss", "mean over all elements", teacher=True)
    def _(q, d, x):
        return losses.MSELoss(Model())([{"sentence_embedding": q}], x.teacher_queries)


def lightly_cases():
    from lightly.loss import DCLLoss, DCLWLoss, KoLeoLoss

    @case({"name": "koleo", "document_weight": 0.0}, "lightly KoLeoLoss", "of the queries; document_weight 0", 1e-6,
          "it adds its epsilon of 1e-8 to each coordinate, twinset to the distance")
    def _(q, d, x):
        return KoLeoLoss()(q)


sentence_transformers_cases()
lightly_cases()


def peer_answer(entry, x):
    queries, documents = x.queries.clone().requires_grad_(), x.documents.clone().requires_grad_()
    value = entry["function"](queries, documents, x)
    value.backward()
    along = lambda leaf: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad - leaf.detach() * (leaf.grad * leaf.detach()).sum(1, keepdim=True)
    return value.item(), along(queries), along(documents)


def our_answers(program, cases):
    lines = "".join(json.dumps(c) + "\n" for c in cases)
    replies = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(reply) for reply in replies]


def relative(ours, theirs):
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1)).item()


def compare(program, rounds):
    inputs = [(entry, Input(24, seed, width=6, **entry["data"])) for entry in CASES for seed in range(rounds)]
    worst = {}
    for (entry, x), ours in zip(inputs, our_answers(program, [x.case(entry["loss"]) for entry, x in inputs])):
        if "error" in ours:
            sys.exit(f"{entry['loss']['name']} against {entry['peer']}: {ours['error']}")
        value, query_gradient, document_gradient = peer_answer(entry, x)
        gradient = max(relative(torch.tensor(ours[key]) - rows * (torch.tensor(ours[key]) * rows).sum(1, keepdim=True), theirs)
                       for key, rows, theirs in [("query_gradient", x.queries, query_gradient), ("document_gradient", x.documents, document_gradient)])
        row = worst.setdefault(id(entry), {"value": 0.0, "gradient": 0.0, "entry": entry})
        row["value"] = max(row["value"], abs(ours["value"] - value) / max(1.0, abs(value)))
        row["gradient"] = max(row["gradient"], gradient)
    return list(worst.values())


def version(peer):
    return importlib.metadata.version(peer.split()[0])


def write_table(rows, folder, command):
    os.makedirs(folder, exist_ok=True)
    lines = ["| loss | peer | mapping of options | value | gradient | note |", "|---|---|---|---|---|---|"]
    for row in rows:
        entry = row["entry"]
        name, _, what = entry["peer"].partition(" ")
        lines.append(f"| `{entry['loss']['name']}` | {name} {version(name).split('+')[0]} {what} | {entry['mapping']} | {row['value']:.1e} | {row['gradient']:.1e} | {entry['note']} |")
    open(f"{folder}/table.md", "w").write("\n".join(lines) + "\n")
    commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True).stdout.strip()
    json.dump({"command": command, "commit": commit, "hardware": platform.machine(), "python": platform.python_version(),
               "precision": "float64", "input": "24 queries, unit rows of width 6; largest difference over rounds, relative where above 1"},
              open(f"{folder}/provenance.json", "w"), indent=1)


def write_golden(file):
    cases = []
    for entry in CASES:
        data = dict(entry["data"])
        if data.get("documents"):
            data |= {"documents": 5, "classes": 5}
        x = Input(6, 1, **data)
        value, query_gradient, document_gradient = peer_answer(entry, x)
        cases.append({"loss": entry["loss"]["name"], "peer": f"{entry['peer']} {version(entry['peer'])}", "tolerance": entry["tolerance"],
                      "case": x.case(entry["loss"]), "value": value, "query_gradient": query_gradient.tolist(), "document_gradient": document_gradient.tolist()})
    open(file, "w").write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/tests/framework/losses/twinset_loss_values")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--out")
    p.add_argument("--golden")
    a = p.parse_args()
    if a.golden:
        return write_golden(a.golden)
    rows = compare(a.program, a.rounds)
    failed = 0
    for row in rows:
        entry = row["entry"]
        is_wrong = max(row["value"], row["gradient"]) > entry["tolerance"]
        failed += is_wrong
        print(f"{'DIFFERS' if is_wrong else 'equal':8} {entry['loss']['name']:18} {entry['peer']:58} value {row['value']:.1e} gradient {row['gradient']:.1e}")
    if a.out and not failed:
        write_table(rows, a.out, f"scripts/parity/losses.py --rounds {a.rounds} --out {a.out}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
