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
    from ._figure import Axes, Figure, Line, figure, subplots
    from ._ipython import load_ipython_extension, unload_ipython_extension
    from ._job import Job, Stopped, current_job, job, jobs, start, track
    from ._settings import Config, Summary

    run: Optional[Run]
    config: Config
    summary: Summary

__version__ = "0.1.0"

# What is loaded when it is first asked for, by module.
_MODULES = {
    "_figure": ("Axes", "Figure", "Line", "figure", "subplots"),
    "_job": ("Job", "Stopped", "current_job", "job", "jobs", "start", "track"),
    "_ipython": ("load_ipython_extension", "unload_ipython_extension"),
}
_LAZY = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "AlertLevel",
    "Axes",
    "Figure",
    "Job",
    "Line",
    "Run",
    "Stopped",
    "alert",
    "config",
    "current_job",
    "define_metric",
    "figure",
    "finish",
    "init",
    "job",
    "jobs",
    "load_ipython_extension",
    "log",
    "run",
    "save",
    "start",
    "subplots",
    "summary",
    "track",
    "unload_ipython_extension",
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
