"""A random run with ties and what ranx and pytrec_eval say of it, for ranking_test.cpp.

    $(scripts/peers ranx) tests/eval/ranking/make_golden.py tests/eval/ranking/golden
"""
import json
import pathlib
import random
import sys

import pytrec_eval
import ranx

folder = pathlib.Path(sys.argv[1])
rng = random.Random(5)
run, judgments = {}, {}
for q in range(30):
    documents = [f"d{rng.randrange(10000):04}" for _ in range(rng.choice([1, 5, 14, 40]))]
    documents = list(dict.fromkeys(documents))
    # A few different scores: most are tied.
    run[f"q{q}"] = {d: rng.randrange(8) / 4 for d in documents}
    judged = [d for d in documents if rng.random() < 0.4] + [f"x{i}" for i in range(rng.randrange(1, 6))]
    judgments[f"q{q}"] = {d: rng.choice([0, 0, 1, 2, 3]) for d in judged}
judgments["q_missing"] = {"d0001": 1, "d0002": 0}
run["q_unjudged"] = {"d0001": 1.0}

with open(folder / "run.trec", "w") as file:
    for q, documents in run.items():
        for rank, (d, score) in enumerate(documents.items()):
            file.write(f"{q} Q0 {d} {rank + 1} {score} golden\n")
with open(folder / "judgments.trec", "w") as file:
    for q, documents in judgments.items():
        for d, grade in documents.items():
            file.write(f"{q} 0 {d} {grade}\n")

# trec_eval orders ties itself; it leaves out what is not in both.
names = {"map": "map", "mrr": "recip_rank", "r_precision": "Rprec", "bpref": "bpref", "ndcg": "ndcg", "recall@5": "recall_5",
         "precision@5": "P_5", "precision@100": "P_100", "hit@1": "success_1", "hit@10": "success_10", "ndcg@10": "ndcg_cut_10",
         "map@5": "map_cut_5"}
evaluator = pytrec_eval.RelevanceEvaluator(judgments, pytrec_eval.supported_measures)
trec = evaluator.evaluate(run)
trec = {ours: {q: values[theirs] for q, values in trec.items()} for ours, theirs in names.items()}

# ranx's order of ties is an unstable sort's: it gets a run without ties, in the order of the lines of run_ordered.trec.
ordered = {q: {d: -float(i) for i, d in enumerate(documents)} for q, documents in run.items()}
with open(folder / "run_ordered.trec", "w") as file:
    for q, documents in ordered.items():
        for rank, (d, score) in enumerate(documents.items()):
            file.write(f"{q} Q0 {d} {rank + 1} 0.5 all-tied\n")
theirs = {"map": "map", "map@5": "map@5", "mrr": "mrr", "mrr@3": "mrr@3", "precision@5": "precision@5", "precision": "precision",
          "recall@5": "recall@5", "recall": "recall", "f1@10": "f1@10", "hit@3": "hit_rate@3", "hits@10": "hits@10",
          "r_precision": "r-precision", "ndcg": "ndcg", "ndcg@10": "ndcg@10", "ndcg_burges@10": "ndcg_burges@10", "dcg@10": "dcg@10",
          "dcg_burges": "dcg_burges", "rbp.95": "rbp.95", "map-l2": "map-l2", "ndcg@5-l2": "ndcg@5-l2", "precision@5-l3": "precision@5-l3"}
ranx_run = ranx.Run(ordered)
ranx.evaluate(ranx.Qrels(judgments), ranx_run, list(theirs.values()), make_comparable=True)
scores = {ours: {q: float(v) for q, v in ranx_run.scores[name].items()} for ours, name in theirs.items()}
json.dump({"ranx": scores, "pytrec_eval": trec}, open(folder / "answers.json", "w"), indent=0)
