"""Optima of scikit-learn's LogisticRegression, for logistic_regression in protocols_test.cpp.

    $(scripts/peers ranx) tests/eval/protocols/make_golden.py > tests/eval/protocols/golden.json
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(3)
cases = []
for count, dim, classes, penalty in [(40, 3, 2, 1.0), (60, 5, 4, 0.1), (90, 4, 3, 30.0)]:
    centres = rng.normal(0, 1, (classes, dim))
    labels = np.arange(count) % classes
    rows = (centres[labels] + rng.normal(0, 1, (count, dim))).round(3)
    model = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000)
    if classes == 2:  # scikit-learn fits one vector for two classes: half of it for each, with a penalty half as large
        model = LogisticRegression(C=2 / penalty, tol=1e-12, max_iter=100000)
    model.fit(rows, labels)
    probabilities = model.predict_proba(rows)
    cases.append({"penalty": penalty, "classes": classes, "rows": rows.tolist(), "labels": labels.tolist(),
                  "predictions": model.predict(rows).tolist(),
                  "loss": float(-np.log(probabilities[np.arange(count), labels]).mean())})
json.dump({"sklearn": sklearn.__version__, "cases": cases}, sys.stdout, indent=0)
