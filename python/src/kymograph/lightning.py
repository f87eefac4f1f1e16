"""Lightning: `Trainer(logger=KymographLogger(), callbacks=[KymographCallback()])` shows the training live.

For the package `lightning` and for `pytorch_lightning`: if one of them is imported already the classes belong to that one,
if both are to both, and otherwise to `lightning` if it is installed.
"""

from __future__ import annotations

import importlib
import math
import secrets
import sys
from argparse import Namespace
from typing import Any, Callable, Optional

from ._run import Run
from ._training import Shown, Training

__all__ = ["KymographCallback", "KymographLogger"]


def _packages() -> list[str]:
    names = ("lightning.pytorch", "pytorch_lightning")
    imported = [name for name in names if name in sys.modules]
    if imported:
        return imported
    try:
        importlib.import_module(names[0])
    except ImportError:
        importlib.import_module(names[1])
        return [names[1]]
    return [names[0]]


_used = _packages()
_Loggers: Any = tuple(importlib.import_module(name + ".loggers.logger").Logger for name in _used)
_Callbacks: Any = tuple(importlib.import_module(name + ".callbacks").Callback for name in _used)
_rank_zero_only: Any = importlib.import_module(_used[0] + ".utilities.rank_zero").rank_zero_only


def _is_first_process() -> bool:
    return bool(getattr(_rank_zero_only, "rank", 0) == 0)


class _Experiment:
    """A run that begins when something of it is used. Lightning asks each logger for its experiment before it tells the
    hyperparameters, and a run is to have them from its beginning."""

    def __init__(self, begin: Callable[[], Any]) -> None:
        self._begin = begin

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._begin(), name)


class KymographLogger(*_Loggers):  # type: ignore[misc]
    """Records what the module logs by `self.log`, under the same names over the global step, and the hyperparameters as
    settings. Only the first process shows anything.

    For progress and Stop give the trainer a `KymographCallback`, too.
    """

    def __init__(self, name: Optional[str] = None, project: Optional[str] = None, run: Optional[Shown] = None) -> None:
        """`run` is the run or job that shows the training; by default the current run, else the job whose function calls
        the trainer, else a run of its own, which is called `project/name` and ends when `fit`, `validate` or `test` does.
        For one run of several of these call `kymograph.init` before and `finish` behind them."""
        super().__init__()
        self._name, self._project = name, project
        self._version = secrets.token_hex(4)
        self._training = Training(run)

    @property
    def name(self) -> Optional[str]:
        """What the run is called: the name of the folder of checkpoints."""
        shown = self._training.shown
        return self._project or self._name or (shown.name if shown is not None else None) or "kymograph"

    @property
    def version(self) -> str:
        """Eight hexadecimal digits that name this logger: the folder of its checkpoints."""
        return self._version

    @property
    def experiment(self) -> Any:
        """The run or job that shows the training; it begins when it is used. On other processes than the first a run that
        does nothing."""
        if not _is_first_process():
            return Run(self._project, self._name, mode="disabled")
        return self._training.shown or _Experiment(self._go_on)

    def _go_on(self, config: Any = None) -> Shown:
        return self._training.go_on(config, self._name, self._project)

    def log_metrics(self, metrics: Any, step: Optional[int] = None) -> None:
        """Records metrics at the global step. The epoch, which goes with each line of the log, is left out."""
        if not _is_first_process():
            return
        values = {name: value for name, value in metrics.items() if name != "epoch"}
        if values:
            self._go_on()
            self._training.log(values, 0 if step is None else step)

    def log_hyperparams(self, params: Any = None, *more: Any, **others: Any) -> None:
        """Takes the hyperparameters of the module as settings of the run. The window of a job has no place for them."""
        if not _is_first_process():
            return
        values = dict(vars(params) if isinstance(params, Namespace) else params or {}, **others)
        if not values:
            return
        was_begun = self._training.is_begun
        shown = self._go_on(values)
        # A run of its own that begins here has them from the beginning.
        if isinstance(shown, Run) and (was_begun or not self._training.is_own):
            shown.config.update(values)

    def finalize(self, status: str) -> None:
        """`fit`, `validate` or `test` has ended."""
        self._training.end(status != "failed", "" if status != "failed" else "the training was broken off")


class KymographCallback(*_Callbacks):  # type: ignore[misc]
    """Shows the progress of `fit`, and ends it when Stop is pressed in the window.

    Stop ends the training after the batch, on all processes, as `trainer.should_stop` does: not before `min_epochs` and
    `min_steps` of the trainer. Metrics come from `KymographLogger`.
    """

    def __init__(self, run: Optional[Shown] = None) -> None:
        """`run` is the run or job that shows the training; by default that of the trainer's `KymographLogger`, else the
        current run, else the job whose function calls the trainer, else a run of its own, which ends with `fit`."""
        super().__init__()
        self._given = run
        self._training = Training(run)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """The training begins."""
        if not trainer.is_global_zero:
            return
        if self._given is None:
            logger = next((one for one in trainer.loggers if isinstance(one, KymographLogger)), None)
            self._training = Training(logger._go_on() if logger is not None else None)
        self._training.begin()
        self._report(trainer, 0)

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """A batch is done."""
        if trainer.is_global_zero:
            self._report(trainer, batch_idx + 1)
        is_stopping = self._training.is_stopping()
        if trainer.world_size > 1:
            # One process that stopped alone would be waited for in vain.
            is_stopping = trainer.strategy.reduce_boolean_decision(is_stopping, all=False)
        if is_stopping:
            trainer.should_stop = True

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """The training has ended."""
        self._training.end()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """The training broke off."""
        self._training.end(False, "%s: %s" % (type(exception).__name__, exception))

    def _report(self, trainer: Any, done: int) -> None:
        """`done` batches of this epoch."""
        epochs, steps, batches = trainer.max_epochs, trainer.max_steps, trainer.num_training_batches
        all_batches = epochs * batches if epochs is not None and epochs >= 0 else math.inf
        if 0 <= steps * trainer.accumulate_grad_batches < all_batches:
            self._training.progress(trainer.global_step, steps)
        else:
            before = 0 if math.isinf(batches) else trainer.current_epoch * batches
            self._training.progress(before + done, all_batches if math.isfinite(all_batches) else None)
