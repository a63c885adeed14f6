"""Real hydra-core and OmegaConf behind the requests of `twinset config-server`."""
import base64
import math
import warnings

warnings.simplefilter("ignore")

from hydra import compose, initialize_config_dir  # noqa: E402
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper  # noqa: E402
from hydra.core.global_hydra import GlobalHydra  # noqa: E402
from hydra.core.override_parser.overrides_parser import OverridesParser  # noqa: E402
from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, Quote, QuotedString, RangeSweep, ValueType  # noqa: E402
from omegaconf import DictConfig, ListConfig, OmegaConf  # noqa: E402

last = {}
_PARSER = OverridesParser.create()
_KINDS = {ValueType.CHOICE_SWEEP: "choice", ValueType.SIMPLE_CHOICE_SWEEP: "simple_choice", ValueType.GLOB_CHOICE_SWEEP: "glob",
          ValueType.RANGE_SWEEP: "range", ValueType.INTERVAL_SWEEP: "interval"}


def encode(v):
    """A Python value as the protocol's JSON."""
    if isinstance(v, QuotedString):
        return {"$quoted": v.text, "quote": "single" if v.quote == Quote.single else "double"}
    if isinstance(v, float) and not math.isfinite(v):
        return {"$float": "nan" if math.isnan(v) else "inf" if v > 0 else "-inf"}
    if v is None or isinstance(v, (bool, str, int, float)):
        return v
    if isinstance(v, bytes):
        return {"$bytes": base64.b64encode(v).decode()}
    if isinstance(v, (list, tuple)):
        return [encode(x) for x in v]
    if isinstance(v, dict):
        if all(type(k) is str and not k.startswith("$") for k in v):
            return {k: encode(x) for k, x in v.items()}
        return {"$map": [[encode(k), encode(x)] for k, x in v.items()]}
    raise TypeError(type(v).__name__)


def do_compose(q):
    GlobalHydra.instance().clear()
    with initialize_config_dir(config_dir=q["config_dir"], version_base=None):
        return encode(OmegaConf.to_container(compose(q["config_name"], list(q["overrides"])), resolve=q["resolve"]))


def _sweep(override):
    value = override._value
    out = {"kind": _KINDS[override.value_type]}
    if isinstance(value, Glob):
        return {**out, "include": encode(value.include), "exclude": encode(value.exclude), "tags": [], "shuffle": False, "expanded": None}
    tags = sorted(str(t) for t in value.tags)
    if isinstance(value, IntervalSweep):
        return {**out, "start": encode(value.start), "end": encode(value.end), "tags": tags, "shuffle": False, "expanded": None}
    expanded = [str(s) for s in override.sweep_string_iterator()]
    if value.shuffle:
        raise RecursionError("the order is drawn")
    if isinstance(value, RangeSweep):
        out.update(start=encode(value.start), stop=encode(value.stop), step=encode(value.step))
    else:
        assert isinstance(value, ChoiceSweep)
        out.update(list=encode(list(value.list)))
    return {**out, "tags": tags, "shuffle": bool(value.shuffle), "expanded": expanded}


def do_override(q):
    o = _PARSER.parse_override(q["override"])
    out = {"key": o.key_or_group, "package": o.package,
           "type": {"CHANGE": "change", "ADD": "add", "FORCE_ADD": "force_add", "DEL": "del"}[o.type.name]}
    if o.is_sweep_override():
        out["sweep"] = _sweep(o)
    elif o.value_type is not None:
        out["value"] = encode(o._value)
    return out


class _Options:
    def __init__(self, options):
        self.options = options

    def get_group_options(self, group_name, results_filter=None, config_name=None, overrides=None):
        return list(self.options.get(group_name, []))


def do_sweep(q):
    parser = OverridesParser.create(config_loader=_Options(q["group_options"]))
    batches = BasicSweeper.split_arguments(parser.parse_overrides(list(q["overrides"])), max_batch_size=None)
    return [list(job) for batch in batches for job in batch]


_NOTHING = object()


def do_interpolate(q):
    config = OmegaConf.create(q["yaml"])
    if not q["key"]:
        return encode(OmegaConf.to_container(config, resolve=True))
    value = OmegaConf.select(config, q["key"], default=_NOTHING, throw_on_resolution_failure=True, throw_on_missing=True)
    if value is _NOTHING:
        raise KeyError(q["key"])
    return encode(OmegaConf.to_container(value, resolve=True) if isinstance(value, (DictConfig, ListConfig)) else value)


def do_print(q):
    return OmegaConf.to_yaml(OmegaConf.create(q["yaml"]))


def is_out_of_scope(error):
    """Refusals that come from Python itself, not from the language."""
    return error.startswith(("RecursionError", "MemoryError", "ModuleNotFoundError", "ImportError"))


def answer(q):
    global last
    try:
        last = {"ok": {"compose": do_compose, "override": do_override, "sweep": do_sweep, "interpolate": do_interpolate,
                       "print": do_print}[q["op"]](q)}
    except Exception as error:  # any failure is a refusal
        last = {"error": f"{type(error).__name__}: {error}"}
    return last
