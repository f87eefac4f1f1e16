"""Shows a long computation live in a Kymograph window, and records it.

    import kymograph

    run = kymograph.init(name="train", config={"lr": 1e-3})
    for step in range(1000):
        run.log({"loss": 1.0 / (step + 1)})
    run.finish()

`import kymograph as wandb` works for scripts that log numbers. Without a window the run is recorded all the same.
"""

import importlib
from typing import TYPE_CHECKING, Any, Optional

from ._run import AlertLevel, Run, alert, current, define_metric, finish, init, log, save

if TYPE_CHECKING:
    from ._figure import figure, subplots
    from ._job import job, start, track
    from ._settings import Config, Summary

    run: Optional[Run]
    config: Config
    summary: Summary

__version__ = "0.1.0"

# What is loaded when it is first asked for.
_LAZY = {"subplots": "_figure", "figure": "_figure", "job": "_job", "start": "_job", "track": "_job"}

__all__ = [
    "AlertLevel",
    "Run",
    "alert",
    "config",
    "define_metric",
    "figure",
    "finish",
    "init",
    "job",
    "log",
    "run",
    "save",
    "start",
    "subplots",
    "summary",
    "track",
]


def __getattr__(name: str) -> Any:
    """`run` (the current one or None), its `config` and `summary`, and the names of the figure and job modules."""
    if name == "run":
        return current()
    if name in ("config", "summary"):
        run = current()
        if run is None:
            raise AttributeError("kymograph.%s: there is no run; call kymograph.init() before" % name)
        return getattr(run, name)
    if name in _LAZY:
        value = getattr(importlib.import_module("." + _LAZY[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
