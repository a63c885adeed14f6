#!/usr/bin/env python3
"""Lets Optuna pick the jobs of a sweep: answers twinset's requests (framework/sweep/ask_tell.h) with a study.

    twinset train -m search=ask_tell search.metric=val.product_to_attribute.map search.num_jobs=50 \
      'search.command=[PYTHON,scripts/optuna_search.py]' 'schedule.lr=tag(log,interval(1e-4,1e-2))' loss=info_nce,sup_con

PYTHON is one with optuna: $(scripts/peers optuna). twinset puts the folder of the two files behind the command. The study is kept in
that folder (optuna.log), so a sweep that is resumed goes on with all it has learnt.
"""
import argparse
import json
import time
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState


def complete_lines(file):
    """The JSON lines of a growing file, without end."""
    position, lines = 0, []
    while True:
        if not lines:
            data = file.read_bytes() if file.exists() else b""
            end = data.rfind(b"\n") + 1
            lines = [json.loads(line) for line in data[position:end].splitlines()] if end > position else []
            position = max(position, end)
        if lines:
            yield lines.pop(0)
        else:
            time.sleep(0.02)


def suggest(trial, axis):
    """The overrides of one axis."""
    name = " ".join(axis["keys"])
    if "low" not in axis:
        # Optuna's categories are plain values: the point's number stands for its overrides.
        points = axis["points"]
        return points[0] if len(points) == 1 else points[trial.suggest_categorical(name, list(range(len(points))))]
    draw = trial.suggest_int if axis["whole"] else trial.suggest_float
    return [f"{axis['keys'][0]}={draw(name, axis['low'], axis['high'], log=axis['log'])!r}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the sampler")
    parser.add_argument("folder", type=Path, help="with requests.jsonl and answers.jsonl")
    options = parser.parse_args()

    answers = options.folder / "answers.jsonl"
    if answers.exists():  # a line that was cut short by kill -9
        data = answers.read_bytes()
        answers.write_bytes(data[: data.rfind(b"\n") + 1])
    answered = {json.loads(line)["job"] for line in answers.read_text().splitlines()} if answers.exists() else set()
    requests = complete_lines(options.folder / "requests.jsonl")
    header = next(requests)
    storage = JournalStorage(JournalFileBackend(str(options.folder / "optuna.log")))
    trials_before = len(storage.get_all_trials(storage.get_study_id_from_name("twinset"))) if storage.get_all_studies() else 0
    study = optuna.create_study(storage=storage, study_name="twinset", direction=header["direction"], load_if_exists=True,
                                sampler=optuna.samplers.TPESampler(seed=options.seed + trials_before, n_startup_trials=8))
    trials = {trial.user_attrs["job"]: trial for trial in study.get_trials() if "job" in trial.user_attrs}

    for request in requests:
        if "ask" in request and request["ask"] not in answered:
            trial = study.ask()
            overrides = [text for axis in header["axes"] for text in suggest(trial, axis)]
            trial.set_user_attr("job", request["ask"])
            trials[request["ask"]] = study.get_trials(deepcopy=False)[trial.number]
            with answers.open("a") as file:
                file.write(json.dumps({"job": request["ask"], "overrides": overrides}) + "\n")
            answered.add(request["ask"])
        elif "tell" in request and request["tell"] in trials and not trials[request["tell"]].state.is_finished():
            number = trials[request["tell"]].number
            if not study.get_trials(deepcopy=False)[number].state.is_finished():
                if request["value"] is None:
                    study.tell(number, state=TrialState.FAIL)
                else:
                    study.tell(number, request["value"])
        elif request.get("end") and not has_more(options.folder):
            break


def has_more(folder):
    """Whether requests.jsonl goes on after its last "end": an earlier process's end is not this one's."""
    lines = (folder / "requests.jsonl").read_text().splitlines()
    return json.loads(lines[-1]) != {"end": True}


if __name__ == "__main__":
    main()
