"""What the hooks of all frameworks have in common: which run a training is shown in, stop, pause, progress, and the end.

Called on the thread that trains. Knows no framework.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any, Optional, Union

from . import _link, _run, _timer
from ._control import Control, current_job
from ._run import Run
from ._stop import Stopped

Shown = Union[Run, Control]
"""Where a training can be shown: a run, or the window of a job."""


class _Owner:
    """Who began a run of its own."""

    def __init__(self, ends_unseen: bool) -> None:
        self.thread = threading.get_ident()
        self.ends_unseen = ends_unseen
        self.is_gone = False


_owners: weakref.WeakKeyDictionary[Run, _Owner] = weakref.WeakKeyDictionary()


class Training:
    """One training after another, as a callback of a framework sees them.

    It is shown in the run (or job) that was given, else in the current run, else in the window of the job whose function
    trains, else in a run of its own, which ends with the training.
    """

    def __init__(self, run: Optional[Shown] = None, ends_unseen: bool = False) -> None:
        """`run` is the run or job that is given. `ends_unseen`: the framework does not always tell of the end, so that a
        training which is heard of no more has ended well."""
        self._given = run
        self._ends_unseen = ends_unseen
        self._shown: Optional[Shown] = None
        self._job: Optional[Control] = None
        self._finalizer: Optional[weakref.finalize[[Run, _Owner], Training]] = None

    @property
    def is_begun(self) -> bool:
        """Whether a training runs."""
        return self._shown is not None

    @property
    def is_own(self) -> bool:
        """Whether it is shown in a run of its own."""
        return self._finalizer is not None

    @property
    def shown(self) -> Optional[Shown]:
        """The run or job that the training is shown in; None when none runs."""
        return self._shown

    def begin(self, config: Any = None, name: Optional[str] = None, project: Optional[str] = None) -> Shown:
        """A training begins. The arguments are for a run of its own, and without effect elsewhere."""
        if self.is_own and isinstance(self._shown, Run):
            # The last one broke off: frameworks do not tell their callbacks of an exception.
            _end_left(self._shown, self._ends_unseen)
        self._forget()
        self._job = current_job()
        current = _run.current() if self._given is None else None
        owner = _owners.get(current) if current is not None else None
        if current is not None and owner is not None and (owner.is_gone or owner.thread == threading.get_ident()):
            # Begun by a training that broke off: a thread trains one model at a time.
            _end_left(current, owner.ends_unseen)
        if current is not None and current._is_finished:
            current = None
        shown = self._given or current or self._job
        if shown is None:
            shown = _run.init(project, name, config)
            owner = _owners[shown] = _Owner(self._ends_unseen)
            self._finalizer = weakref.finalize(self, _end_left_later, shown, owner)
            self._finalizer.atexit = False
        if isinstance(shown, Run):
            shown.define_metric("epoch/*", step_metric="epoch")
        self._shown = shown
        return shown

    def go_on(self, config: Any = None, name: Optional[str] = None, project: Optional[str] = None) -> Shown:
        """Where the training is shown; one that has not begun, or whose run was finished, begins as by `begin`."""
        if self._shown is None or (isinstance(self._shown, Run) and self._shown._is_finished):
            self._forget()
            return self.begin(config, name, project)
        return self._shown

    def log_outside(self, values: dict[str, Any], x: float) -> None:
        """Records values while no training runs, where there is a run or a job already: an evaluation opens no window."""
        if self._given is not None or _run.current() is not None or current_job() is not None:
            self.begin()
            self.log(values, x)
            self.end()

    def log(self, values: dict[str, Any], x: float, x_label: str = "step") -> None:
        """Records values at `x`. Names that begin with `epoch/` are over `x_label` "epoch", all others over "step"."""
        shown = self._shown
        if isinstance(shown, Run):
            # The metric "epoch" need not be there: without one x is what is given here.
            shown.log(values, step=x)
        elif shown is not None:
            shown._series.log({name: _plain(value) for name, value in values.items()}, x, x_label)

    def summarize(self, values: dict[str, Any]) -> None:
        """Records values of the whole training. The window of a job has no place for them."""
        if isinstance(self._shown, Run):
            self._shown.summary.update(values)

    def progress(self, done: float, total: Optional[float] = None) -> None:
        """Says how many steps are done, in the run and in the job whose function trains."""
        if isinstance(self._shown, Run):
            self._shown.progress(done, total)
        elif self._shown is not None:
            self._shown.report(done, total)
        if self._job is not None and self._job is not self._shown:
            self._job.report(done, total)

    def is_stopping(self) -> bool:
        """Whether the training is to end: somebody pressed Stop in the window of the run or of the job. Stands still as
        long as the job is paused."""
        jobs = {one for one in (self._shown, self._job) if isinstance(one, Control)}
        for job in jobs:
            if job.paused and not job.stopping:
                try:
                    job.check()
                except Stopped:
                    # The framework ends in order, as for a stop without a pause.
                    return True
        return any(job.stopping for job in jobs) or (isinstance(self._shown, Run) and self._shown.stop_requested)

    def end(self, ok: bool = True, text: str = "") -> None:
        """The training has ended: well, or with `text` as the reason. A run of its own is finished with it."""
        run, is_own = self._shown, self.is_own
        self._forget()
        if is_own and isinstance(run, Run):
            _end(run, ok, text)

    def _forget(self) -> None:
        if self._finalizer is not None:
            self._finalizer.detach()
        self._finalizer = self._shown = self._job = None

    def __deepcopy__(self, memo: Any) -> Training:
        # Estimators of scikit-learn are cloned with their callbacks; the copy trains in this process, too.
        return Training(self._given, self._ends_unseen)

    def __reduce__(self) -> Any:
        return Training, (self._given if isinstance(self._given, Run) else None, self._ends_unseen)


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "shape", None) == () else value


def _end(run: Run, ok: bool, text: str) -> None:
    stopped = run.stop_requested
    code = 0 if ok else 130 if stopped else 1
    run._finish(ok, text or (run.summary.text() if ok else "the training failed"), code, stopped)


def _end_left(run: Run, is_well: bool) -> None:
    _end(run, is_well, "" if is_well else "the training was broken off")


class _Left:
    """A run in the place of a client."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def finish(self, is_well: bool, timeout: float) -> None:
        """Ends it; the run has a bound of its own."""
        _end_left(self._run, is_well)


def _end_left_later(run: Run, owner: _Owner) -> None:
    # The garbage collector calls, perhaps in the middle of anything: what takes time is done elsewhere.
    owner.is_gone = True
    _timer.call_later(0.0, lambda: _link.finish_later(_Left(run), is_well=owner.ends_unseen))
