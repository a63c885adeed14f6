#!/usr/bin/env python3
"""The configuration language against real hydra-core, on random trees, overrides, sweeps and documents.

    $(scripts/peers hydra) scripts/differential/hydra_config.py --server 'build/experiments/twinset config-server' \
        [--cases 2000] [--seed 1] [--only compose,override,sweep,interpolate,print]

Both answer the same requests; values must be equal, with types and order, and both or neither must refuse. A case that differs
is shrunk to the least that still differs and printed as JSON. Exit status 1 if any differs.

    ... --golden tests/framework/config/golden/hydra.jsonl --cases 40

writes the requests with Hydra's answers instead, for the tests.
"""
import argparse, contextlib, io, json, os, random, re, shlex, shutil, subprocess, sys, tempfile
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hydra_cases, hydra_peer


class Server:
    def __init__(self, command):
        self.command = command
        self.process = None

    def ask(self, request):
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(shlex.split(self.command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            return {"crash": self.process.wait()}
        return json.loads(line)


def text(value):
    """A value as text in which 1, 1.0 and true differ, and the order of keys counts."""
    return json.dumps(value, ensure_ascii=True)


class Case:
    """A request, with the files it needs."""

    def __init__(self, request, files=None):
        self.request, self.files = request, files or {}

    def answers(self, server):
        folder = None
        request = dict(self.request)
        try:
            if request["op"] == "compose":
                folder = tempfile.mkdtemp(prefix="twinset_differential_")
                for name, content in self.files.items():
                    path = os.path.join(folder, name)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "w", encoding="utf-8") as out:
                        out.write(content)
                request["config_dir"] = folder
            with contextlib.redirect_stderr(io.StringIO()):
                return hydra_peer.answer(request), server.ask(request)
        finally:
            if folder:
                shutil.rmtree(folder)

    def verdict(self, server):
        """"": they agree; else how they differ."""
        theirs, ours = self.answers(server)
        if "crash" in ours:
            return "crash"
        if "error" in theirs and hydra_peer.is_out_of_scope(theirs["error"]):
            return ""
        if ("ok" in theirs) != ("ok" in ours):
            return "ours refuses" if "ok" in theirs else "ours accepts"
        if "ok" in theirs and text(theirs["ok"]) != text(ours["ok"]):
            return "values"
        return ""

    def smaller(self):
        """Cases with a little less in them."""
        for key in ("overrides",):
            items = self.request.get(key)
            for i in range(len(items or [])):
                yield Case({**self.request, key: items[:i] + items[i + 1:]}, self.files)
        for name in self.files:
            if name != "config.yaml":
                yield Case(self.request, {k: v for k, v in self.files.items() if k != name})
        for name, content in self.files.items():
            lines = content.splitlines(keepends=True)
            for i in range(len(lines)):
                yield Case(self.request, {**self.files, name: "".join(lines[:i] + lines[i + 1:])})
        for key in ("yaml",):
            lines = self.request.get(key, "").splitlines(keepends=True)
            for i in range(len(lines) if len(lines) > 1 else 0):
                yield Case({**self.request, key: "".join(lines[:i] + lines[i + 1:])}, self.files)
        for key in ("override", "yaml"):
            value = self.request.get(key, "")
            for i in range(len(value) if len(value) < 200 else 0):
                yield Case({**self.request, key: value[:i] + value[i + 1:]}, self.files)
        for i, value in enumerate(self.request.get("overrides", [])):
            for k in range(len(value)):
                shorter = self.request["overrides"][:i] + [value[:k] + value[k + 1:]] + self.request["overrides"][i + 1:]
                yield Case({**self.request, "overrides": shorter}, self.files)


def shrink(case, verdict, server, budget=400):
    progress = True
    while progress and budget > 0:
        progress = False
        for candidate in case.smaller():
            budget -= 1
            if budget <= 0:
                break
            if candidate.verdict(server) == verdict:
                case, progress = candidate, True
                break
    return case


class Nobody:
    def ask(self, request):
        return {}


def write_golden(a):
    """Accepted requests mostly: a refusal is kept for one in four."""
    with open(a.golden, "w", encoding="utf-8") as out:
        for kind in a.only.split(","):
            kept, i = 0, 0
            while kept < a.cases:
                i += 1
                case = Case(*getattr(hydra_cases, kind)(random.Random(f"golden {kind} {a.seed} {i}")))
                reply = case.answers(Nobody())[0]
                if "error" in reply and (i % 4 or hydra_peer.is_out_of_scope(reply["error"])):
                    continue
                if "error" in reply:
                    reply = {"error": reply["error"].split(":")[0]}
                kept += 1
                out.write(json.dumps({**case.request, "files": case.files, "reply": reply}) + "\n")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="build/experiments/twinset config-server")
    parser.add_argument("--cases", type=int, default=2000, help="of each kind; a twentieth as many trees are composed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="compose,override,sweep,interpolate,print")
    parser.add_argument("--show", type=int, default=20, help="differences printed in full")
    parser.add_argument("--golden", help="file to write")
    a = parser.parse_args()
    if a.golden:
        return write_golden(a)
    server = Server(a.server)
    shown, failed = 0, 0
    for kind in a.only.split(","):
        generate = getattr(hydra_cases, kind)
        count = a.cases // 4 if kind == "compose" else a.cases
        verdicts, accepted = Counter(), 0
        for i in range(count):
            request, files = generate(random.Random(f"{kind} {a.seed} {i}"))
            case = Case(request, files)
            verdict = case.verdict(server)
            verdicts[verdict or "agree"] += 1
            accepted += "ok" in hydra_peer.last
            if not verdict:
                continue
            failed += 1
            if shown < a.show:
                shown += 1
                least = shrink(case, verdict, server)
                theirs, ours = least.answers(server)
                print(json.dumps({"kind": kind, "differs": verdict, **least.request, "files": least.files,
                                  "hydra": theirs, "twinset": ours}, ensure_ascii=True), flush=True)
        print(f"{kind}: {count} cases ({accepted} accepted by Hydra), " + ", ".join(f"{n} {v}" for v, n in sorted(verdicts.items())), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
