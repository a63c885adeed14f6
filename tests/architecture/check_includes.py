"""Holds the #include lines of the tree against layers.txt, and against the rules on torch headers and #pragma once.

    python3 tests/architecture/check_includes.py [root]      prints one line a violation; the exit code is 1 if there is any
"""
import pathlib
import re
import sys

SOURCES = {".h", ".cpp", ".cu", ".cuh"}
HEADERS = {".h", ".cuh"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
TORCH = re.compile(r"(torch|ATen|c10)/")
TORCH_FREE = ("framework/core/", "framework/config/")


def read_layers(path):
    """{folder: what it may include}, in the order of the table."""
    lines = [line.split("#")[0].rstrip() for line in path.read_text().splitlines()]
    layers, folder = {}, None
    for number, line in enumerate(lines, start=1):
        if ":" in line:
            folder, line = (part.strip() for part in line.split(":", 1))
            if folder in layers:
                raise SystemExit(f"{path}:{number}: a second row for {folder}")
            layers[folder] = []
        for allowed in line.split():
            above = [row for row in layers if row != folder]
            if allowed == "everything":
                layers[folder] += above
            elif any(is_inside(allowed, row) for row in above):
                layers[folder].append(allowed)
            else:
                raise SystemExit(f"{path}:{number}: {folder} names {allowed}, which no row above it holds")
    return layers


def is_inside(path, folder_or_file):
    return path == folder_or_file or path.startswith(folder_or_file + "/")


def layer_of(path, layers):
    return next((folder for folder in layers if is_inside(path, folder)), None)


def check_file(path, text, layers):
    """The violations of one file as 'path:line: message'; `path` is relative to the root, with forward slashes."""
    layer = layer_of(path, layers)
    is_test = path.startswith("tests/")
    suffix = pathlib.PurePosixPath(path).suffix
    if layer is None and not is_test:
        yield f"{path}:1: its folder has no row in tests/architecture/layers.txt; add one"
        return
    if suffix in HEADERS and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield f"{path}:1: a header starts with '#pragma once'"
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, included = match.groups()
        where = f"{path}:{number}"
        if included == "torch/torch.h":
            yield f"{where}: torch/torch.h costs 20 s a file; include <ATen/ops/NAME.h> or the one header of torch/nn that is used"
        elif TORCH.match(included) and (path.startswith(TORCH_FREE) or suffix in {".cu", ".cuh"}):
            reason = "CUDA sources take raw pointers" if suffix in {".cu", ".cuh"} else f"{layer} is free of torch"
            yield f"{where}: {reason}, but it includes {included}"
        if quote == "<" and layer_of(included, layers):
            yield f'{where}: a header of the project is included with quotes: #include "{included}"'
        if quote == "<" or is_test:
            continue
        if layer_of(included, layers) is None:
            yield f'{where}: "{included}" is not a path from the root, like "framework/core/error.h"'
        elif not any(is_inside(included, allowed) for allowed in [layer, *layers[layer]]):
            known = ", ".join([layer, *layers[layer]])
            yield f'{where}: {layer} may not include "{included}"; it may include {known} (tests/architecture/layers.txt)'


def check_tree(root, layers):
    """(number of files read, violations) of every source in the layers' top folders and in tests."""
    tops = sorted({folder.split("/")[0] for folder in layers} | {"tests"})
    files = [file for top in tops for file in sorted((root / top).rglob("*")) if file.suffix in SOURCES]
    violations = []
    for file in files:
        violations += check_file(file.relative_to(root).as_posix(), file.read_text(), layers)
    return len(files), violations


def main():
    here = pathlib.Path(__file__).resolve().parent
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent.parent
    count, violations = check_tree(root, read_layers(here / "layers.txt"))
    print("\n".join([*violations, f"{count} files, {len(violations)} violations"]))
    return 1 if violations or not count else 0


if __name__ == "__main__":
    sys.exit(main())
