"""Command, commit and hardware beside a generated table."""
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def write_provenance(folder, more):
    """folder/provenance.json: {"command", "commit", "hardware", ...more}."""
    git = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()
    # What was just written to results/ does not count as a change.
    commit = git("rev-parse", "--short=12", "HEAD") + ("-dirty" if git("status", "--porcelain", "-uno", "--", ":/", ":(top,exclude)results") else "")
    folder.mkdir(parents=True, exist_ok=True)
    # Absolute paths say nothing elsewhere: their last part stands for them.
    words = [pathlib.Path(word).name if word.startswith("/") else word for word in sys.argv]
    content = {"command": shlex.join(words), "commit": commit,
               "hardware": f"{cpu_model()}, {len(os.sched_getaffinity(0))} cores", "load_average": round(os.getloadavg()[0], 1), **more}
    (folder / "provenance.json").write_text(json.dumps(content, indent=1) + "\n")
