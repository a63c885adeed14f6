"""Random requests: trees of configs, overrides, sweeps, documents. Each function takes a random.Random and returns a request and
the files it needs; about half of what they draw is valid."""

WORDS = ["a", "b", "c", "x1", "lr", "name", "db", "opt", "model"]
GROUPS = ["db", "model", "db/engine", "opt"]
OPTIONS = ["one", "two", "three"]
PLAIN = ["1", "-2", "1.5", "1e3", "true", "no", "null", "abc", "a b", "a/b", "???", "'q'", '"dq"', "é"]
SCALARS = ["1", "-2", "0", "007", "1_000", "0x1F", "0b11", "0o7", "1:30", "1.5", ".5", "5.", "1e3", "1E-3", "1e", "-1.5e+3", "inf", "-inf", ".inf",
           "nan", ".nan", "NaN", "true", "False", "yes", "no", "on", "Off", "y", "null", "Null", "~", "abc", "a b", "a-b", "a/b", "a.b", "a_b",
           "???", "2001-01-01", "12:30:45", "1,000", "''", '""', "'q'", '"dq"', "'it''s'", '"a\\tb"', "+1", "--", "=", "<<", "a#b", "a:b", "%", "é", "日本"]


def choose(r, items):
    return items[r.randrange(len(items))]


def path(r):
    pieces = [choose(r, WORDS) for _ in range(r.randint(1, 3))]
    text = ".".join(pieces)
    return text + choose(r, ["", "", "", "[0]", ".0", "[1]"])


def interpolation(r, depth=0):
    kind = r.randrange(12)
    inner = lambda: interpolation(r, depth + 1) if depth < 2 and r.random() < 0.4 else choose(r, WORDS)
    if kind < 4:
        return "${" + path(r) + "}"
    if kind < 6:
        return "${" + "." * r.randint(1, 3) + choose(r, WORDS) + "}"
    if kind == 6:
        return "${" + choose(r, WORDS) + "." + inner() + "}"
    if kind == 7:
        return "${oc.env:" + choose(r, ["HOME_OF_NOBODY", "HOME_OF_NOBODY,", "HOME_OF_NOBODY,1.0", "HOME_OF_NOBODY,null", "TWINSET_TEST_VALUE"]) + "}"
    if kind == 8:
        return "${oc.select:" + path(r) + choose(r, ["", ",7", "," + inner(), ",[1,2]", ",{x: 1}"]) + "}"
    if kind == 9:
        return "${oc.decode:" + choose(r, ["'1'", "'[1,2]'", "'{a: 1}'", "null", "'a b'", inner(), "\"'x'\""]) + "}"
    if kind == 10:
        return "${oc.create:" + choose(r, ["[1,2]", "{x: 1, y: ${a}}", "null", "'a: 1'", inner()]) + "}"
    return "${oc.dict." + choose(r, ["keys", "values"]) + ":" + choose(r, WORDS + ["." + choose(r, WORDS)]) + "}"


def scalar(r, interpolations=0.3, odd=0.3):
    if r.random() < interpolations:
        text = interpolation(r)
        if r.random() < 0.3:
            text = choose(r, ["x", "", "\\", "\\\\", "$"]) + text + choose(r, ["y", " ", ""])
        return text
    return choose(r, SCALARS if r.random() < odd else PLAIN)


def yaml_value(r, indent, depth, interpolations):
    """Text behind "key:", with its line end."""
    kind = r.randrange(8)
    pad = " " * (indent + 2)
    if depth > 0 and kind == 0:
        return "\n" + yaml_map(r, indent + 2, depth - 1, interpolations)
    if depth > 0 and kind == 1:
        return "\n" + "".join(f"{pad}- {yaml_scalar(r, interpolations)}\n" for _ in range(r.randint(1, 3)))
    if kind == 2:
        return " [" + ", ".join(choose(r, PLAIN[:12]) for _ in range(r.randint(0, 3))) + "]\n"
    if kind == 3:
        return " {" + ", ".join(f"{k}: {choose(r, PLAIN[:12])}" for k in r.sample(WORDS, r.randint(0, 2))) + "}\n"
    return " " + yaml_scalar(r, interpolations) + "\n"


def yaml_scalar(r, interpolations):
    text = scalar(r, interpolations, 0.3 if interpolations >= 0.5 else 0.02)
    if "${" in text and r.random() < 0.3:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def yaml_map(r, indent, depth, interpolations, most=4):
    keys = r.sample(WORDS, r.randint(1, most))
    if r.random() < 0.05:
        keys.append(choose(r, ["1", "2.5", "true", "'1'", "~", keys[0], "0x10"]))
    return "".join(f"{' ' * indent}{key}:{yaml_value(r, indent, depth, interpolations)}" for key in keys)


def document(r, interpolations=0.5):
    if r.random() < 0.1:
        return "".join(f"- {yaml_scalar(r, interpolations)}\n" for _ in range(r.randint(0, 3)))
    return yaml_map(r, 0, 2, interpolations, most=6)


def interpolate(r):
    key = choose(r, ["", "", path(r), choose(r, WORDS), choose(r, WORDS) + "." + choose(r, WORDS), "[0]", "." + choose(r, WORDS)])
    return {"op": "interpolate", "yaml": document(r), "key": key}, {}


# ------------------------------------------------------------------------------------------------------------- overrides

def override_value(r, depth=0):
    kind = r.randrange(14)
    if kind < 4 or depth > 2:
        return scalar(r, 0.15)
    if kind == 4:
        return "[" + choose(r, [",", ", "]).join(override_value(r, depth + 1) for _ in range(r.randint(0, 3))) + "]"
    if kind == 5:
        depth += 1  # no sweep within a value
        pairs = [f"{choose(r, WORDS + ['1', 'true', '1.5', 'a b', 'null'])}{choose(r, [':', ': '])}{override_value(r, depth + 1)}" for _ in range(r.randint(0, 3))]
        return "{" + ",".join(pairs) + "}"
    if kind == 6:
        body = choose(r, ["a", "it\\'s", 'say \\"', "a,b", "x=y", "${a}", "\\\\", "a\\b", " s ", "", "[1]", "'", '"'])
        quote = choose(r, ["'", '"'])
        return quote + body + quote
    if kind == 7:
        return "".join(choose(r, ["\\,", "\\ ", "\\(", "\\[", "\\}", "\\:", "\\=", "\\\\", "a", "1", "é", " ", "-", "%", "@", "?", "|"]) for _ in range(r.randint(1, 4)))
    if kind == 8:
        return choose(r, ["int", "float", "str", "bool", "json_str"]) + "(" + override_value(r, depth + 1) + ")"
    if kind == 9 and depth == 0:
        return ",".join(override_value(r, 1) for _ in range(r.randint(2, 3)))
    if kind in (10, 11, 12) and depth > 0:
        return scalar(r, 0.3)
    if kind == 10:
        inner = ",".join(override_value(r, depth + 1) for _ in range(r.randint(1, 3)))
        return choose(r, ["choice", "sort", "tag", "shuffle", "Choice"]) + "(" + inner + choose(r, ["", "", ",reverse=true", ",tags=[a]"]) + ")"
    if kind == 11:
        numbers = [choose(r, ["0", "1", "3", "10", "-2", "0.5", "1.5", "0.1", "2.0"]) for _ in range(r.randint(1, 3))]
        return "range(" + choose(r, [",", ", "]).join(numbers) + ")"
    if kind == 12:
        return choose(r, ["interval(0,1)", "interval(1.5,2)", "interval(a,1)", "glob(*)", "glob([a*,b*])", "glob(*,exclude=c*)", "tag(t,interval(0,1))",
                          "sort(3,1,2)", "sort(a,c,b,reverse=true)", "float(range(1,3))", "str(choice(1,2))", "shuffle(range(3))", "int(1.5,2.5)"])
    return scalar(r, 0.3)


def override_text(r, keys=None):
    key = choose(r, keys) if keys else choose(r, [path(r), choose(r, GROUPS), choose(r, WORDS), choose(r, GROUPS) + "@" + choose(r, WORDS), "a/b.c", "$x", "a-b", "0", "@", "a@", "a@b.c", "a@_global_", "hydra.run.dir"])
    prefix = choose(r, ["", "", "", "+", "++", "~"])
    if prefix == "~" and r.random() < 0.5:
        return prefix + key
    return prefix + key + "=" + choose(r, ["", "", "", "", " "]) + override_value(r)


def mutate(r, text):
    for _ in range(r.choice([0, 0, 0, 1, 2])):
        at = r.randint(0, len(text))
        text = choose(r, [text[:at] + choose(r, list("'\"\\,=[]{}():$@~+. \t0a-é")) + text[at:], text[:max(at - 1, 0)] + text[at:]])
    return text


def override(r):
    return {"op": "override", "override": mutate(r, override_text(r))}, {}


def sweep(r):
    options = {"db": ["mysql", "postgresql", "sqlite"], "opt": ["adam", "sgd"]}
    values = []
    for _ in range(r.randint(1, 3)):
        text = mutate(r, override_text(r, ["a", "b", "db", "opt", "a.b", "db@x"]))
        if "shuffle" not in text:
            values.append(text)
    return {"op": "sweep", "overrides": values, "group_options": options}, {}


# ---------------------------------------------------------------------------------------------------------------- composing

def defaults(r, group):
    """The lines of a defaults list in a config of `group`."""
    lines = []
    for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4])):
        absolute = r.random() < 0.6
        target = choose(r, GROUPS if absolute else [g for g in GROUPS if not group] or ["engine", "sub"])
        target = ("/" if absolute and group else "") + target
        package = choose(r, ["", "", "", "", "@" + choose(r, WORDS), "@_global_", "@_here_", "@a.b", "@_group_"])
        keyword = choose(r, ["", "", "", "", "optional ", "optional ", "override "])
        option = choose(r, OPTIONS * 6 + ["null", "null", "???", "nowhere", "[one, two]", "[two]", "${db}", "${model}", "${opt}_x", "[]"])
        kind = r.randrange(10)
        if kind == 0:
            if "- _self_" not in lines or r.random() < 0.1:
                lines.append("- _self_")
        elif kind == 1:
            lines.append(f"- {target}/{choose(r, OPTIONS)}{package}")
        elif kind == 2:
            lines.append(f"- {choose(r, OPTIONS)}{package}" if group else f"- db/{choose(r, OPTIONS)}{package}")
        else:
            lines.append(f"- {keyword}{target}{package}: {option}")
    if r.random() < 0.3 and "- _self_" not in lines:
        lines.append("- _self_")
    r.shuffle(lines) if r.random() < 0.3 else None
    return lines


def config_file(r, group, primary):
    text = ""
    if r.random() < (0.05 if primary else 0.15):
        text += "# @package " + choose(r, ["_global_", "_group_", "_here_", "a.b", "_global_.c", "x1", ""]) + "\n"
    if r.random() < (0.9 if primary else 0.3):
        lines = defaults(r, group)
        if lines:
            text += "defaults:\n" + "".join(f"  {line}\n" for line in lines)
    if primary and r.random() < 0.1:
        text += choose(r, ["hydra:\n  run:\n    dir: here\n", "hydra:\n  job:\n    name: n\n", "hydra:\n  nope: 1\n", "hydra:\n  output_subdir: null\n",
                           "hydra:\n  verbose: true\n", "hydra:\n  sweeper:\n    params:\n      a: 1,2\n", "hydra:\n  job:\n    env_set:\n      A: 1\n", "hydra:\n  mode: MULTIRUN\n"])
    if r.random() < 0.9:
        text += yaml_map(r, 0, 2, choose(r, [0, 0, 0.15]))
    return text


def compose(r):
    files = {"config.yaml": config_file(r, "", True)}
    for group in GROUPS:
        for option in OPTIONS:
            if r.random() < 0.9:
                files[f"{group}/{option}.yaml"] = config_file(r, group, False)
    for option in OPTIONS:
        if r.random() < 0.3:
            files[f"{option}.yaml"] = config_file(r, "", False)
    overrides = []
    known = [line.split(":")[0] for line in files["config.yaml"].splitlines() if line[:1].isalnum() and not line.startswith(("defaults", "hydra"))]
    for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
        kind = r.randrange(10)
        if kind < 4:
            key = choose(r, GROUPS) + choose(r, ["", "", "", "@" + choose(r, WORDS), "@_global_", "@"])
            prefix = choose(r, ["", "", "", "+", "+", "~", choose(r, ["++", "", ""])])
            value = choose(r, OPTIONS * 4 + ["null", "nowhere", "[one,two]", "${db}", "???", "{a:1}", "1"])
            overrides.append(prefix + key + ("" if prefix == "~" and r.random() < 0.6 else "=" + value))
        elif kind < 9:
            prefix = choose(r, ["", "", "+", "++", "~"])
            value = choose(r, [scalar(r, 0.2), "{x: 1, y: {z: 2}}", "[1,2]", "{a: ${b}}", "{}", "[]", "null", "'q'"])
            key = choose(r, known) + choose(r, ["", "", "." + choose(r, WORDS)]) if known and r.random() < 0.7 else path(r)
            overrides.append(prefix + key + ("" if prefix == "~" and r.random() < 0.6 else "=" + value))
        else:
            overrides.append(choose(r, ["hydra.run.dir=x", "hydra/job_logging=none", "hydra.job.name=5", "hydra.job.num=a", "hydra.verbose=[a]", "+hydra.x=1", "hydra.job.chdir=yes",
                                        "hydra/launcher=basic", "hydra.sweep.subdir=${hydra.job.num}", "~hydra.job.env_set", "hydra.output_subdir=null", "hydra.searchpath=[]",
                                        "hydra.job.env_set.X=1", "+hydra.job.env_set.X=1", "hydra.mode=RUN", "hydra.runtime.choices={}", "hydra/hydra_logging=disabled"]))
    return {"op": "compose", "config_name": "config", "overrides": overrides, "resolve": r.random() < 0.5}, files


# ---------------------------------------------------------------------------------------------------------------- printing

ODD = ["a", "b", " ", "  ", "\n", "\n\n", "\t", "'", '"', "\\", "#", ":", ": ", " #", "-", "- ", "?", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "%", "@", "`", "é", "日",
       "\u00a0", "\u2028", "\u0085", "\x07", "😀", "0", "1", ".", "e", "_", "+", "=", "~", "null", "true", "yes", "2001-01-01", "word ", "longer word ", "1e3", "0x1", "...", "---", "<<"]


def quoted(text):
    escape = lambda c: c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}"
    return '"' + "".join(map(escape, text)) + '"'


def odd_text(r):
    return "".join(choose(r, ODD) for _ in range(choose(r, [1, 2, 3, 5, 8, 40])))


def print_value(r, depth):
    kind = r.randrange(9)
    if depth > 0 and kind < 2:
        return "[" + ", ".join(print_value(r, depth - 1) for _ in range(r.randint(0, 3))) + "]"
    if depth > 0 and kind < 4:
        keys = {odd_text(r) for _ in range(r.randint(0, 3))}
        return "{" + ", ".join(f"? {quoted(k)} : {print_value(r, depth - 1)}" for k in sorted(keys)) + "}"
    if kind == 4:
        return choose(r, ["1", "-0.0", "1e-7", "1.5e300", ".inf", "-.inf", ".nan", "null", "true", "false", "???", "123456789012345678901234567890", "1e16", "0.1", "100000.0", "!!binary aGVsbG8=", "!!binary ''"])
    return quoted(odd_text(r))


def print(r):
    return {"op": "print", "yaml": choose(r, ["a: ", "- ", "1: ", "2.5: ", "true: ", "!!binary aGk= : "]) + print_value(r, 3) + "\n"}, {}
