"""Values logged over time: `init`, `Run.log`, `Run.finish`, and the same as functions of the module, as wandb has them.

`log` copies the row into a queue and returns. The client's sender thread takes the queue every 50 ms and makes one append
a series of it. The queue is bounded without waiting for anything: a caller who is so fast that it grows beyond 200,000
values gathers them itself into arrays of eight or sixteen bytes a sample, which then go into the client's spool.
"""

import itertools
import os
import signal
import sys
import threading
import time
import weakref
from types import TracebackType
from typing import Any, Optional

from . import _exit, _stop
from ._client import Client
from ._client import log as logger
from ._metrics import PLAIN_TYPES, Metrics, flatten, new_queue, number
from ._progress import Progress
from ._settings import Config, Summary
from ._wire import Head, clip

_LEVELS = {"INFO": "info", "WARN": "warning", "WARNING": "warning", "ERROR": "error"}


class AlertLevel:
    """How much an alert matters."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Run:
    """One recorded run. Made by `init`; all methods may be called from any thread."""

    def __init__(
        self,
        project: Optional[str] = None,
        name: Optional[str] = None,
        config: Any = None,
        mode: str = "auto",
    ) -> None:
        """See `init`."""
        self.project = project
        self.name = name or project or _script_name()
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._gather_lock = threading.Lock()
        self._queue = new_queue()
        self._steps = itertools.count()
        self._step = 0
        # Values of a step that is not complete (`commit=False`), and that step.
        self._row: Optional[dict[Any, Any]] = None
        self._row_step: float = 0
        self._warned_keys: dict[Any, bool] = {}
        self._is_finished = False
        self._is_stop_asked = False
        self._at_work = _stop.main_is_at_work()
        _stop.watch_running_shell()
        self.config = Config(config, self._config_changed)
        """The settings, by item and by attribute."""
        title = "%s/%s" % (project, name) if project and name else self.name
        # The client's threads may call back as soon as it is there.
        self._metrics = Metrics(self._send)
        self._progress = Progress(self._send)
        self._client: Optional[Client] = None
        self._client = Client(title, "run", dict(self.config), mode, self._hear, self._gather_for_client)
        self.summary = Summary(self._newest)
        """The newest value of each metric; what is set here stands in the run's closing line."""
        if self._client.state == "disabled":
            self._queue = new_queue(is_open=False)
        _runs.add(self)

    # What it is.

    @property
    def id(self) -> str:
        """Eight hexadecimal digits."""
        return self._client.run_id[:8] if self._client else ""

    @property
    def url(self) -> None:
        """None: runs stay on this machine."""
        return None

    @property
    def dir(self) -> str:
        """The directory where the run is recorded; the working directory as long as that is not known."""
        path = self._client.run_path if self._client else None
        return path or os.getcwd()

    @property
    def step(self) -> int:
        """The step of the next `log` without one."""
        with self._lock:
            return self._peek()

    @property
    def disabled(self) -> bool:
        """Whether nothing is recorded, as in a forked child."""
        return self._client is None or self._client.state == "disabled"

    @property
    def stop_requested(self) -> bool:
        """Whether somebody pressed Stop in the window: a loop that looks at it can end in order.

        A second press interrupts the main thread as Ctrl-C does, if it is at work: never an idle notebook.
        """
        return self._is_stop_asked

    # Logging.

    def log(
        self,
        data: dict[str, Any],
        step: Optional[float] = None,
        commit: Optional[bool] = None,
        sync: Optional[bool] = None,
    ) -> None:
        """Records numbers: `run.log({"loss": 0.1, "val/acc": 0.9})`. Returns at once.

        Each name is a series; the names in nested dictionaries are joined by `/`. x is `step`, by default one more than at
        the call before, or the metric named in `define_metric`. With `commit=False` the values wait for the next call
        and share its step. NaN and infinity are recorded. Values that are no numbers are passed over, with one
        warning for each name. `sync` has no effect.
        """
        if step is None and commit is not False and self._row is None:
            for value in data.values():
                if type(value) not in PLAIN_TYPES:
                    break
            else:
                queue = self._queue
                queue.append((next(self._steps), dict(data)))
                if len(queue) > self._metrics.queue_rows:
                    self._gather()
                return
        self._log_slowly(data, step, commit)

    def _log_slowly(self, data: dict[str, Any], step: Optional[float], commit: Optional[bool]) -> None:
        row = {}
        for key, value in flatten(data):
            converted = number(value)
            if converted is not None:
                row[key] = converted
            elif key not in self._warned_keys:
                self._warned_keys[key] = True
                logger.warning("kymograph: %r is no number but %s; it is not recorded", key, type(value).__name__)
        with self._lock:
            if self._row is not None and step is not None and step != self._row_step:
                self._commit()
            if self._row is None:
                self._row = {}
                self._row_step = self._peek() if step is None else step
            self._row.update(row)
            if commit is not False:
                self._commit()
        if len(self._queue) > self._metrics.queue_rows:
            self._gather()

    def _peek(self) -> int:
        step = next(self._steps)
        self._steps = itertools.count(step)
        return step

    def _commit(self) -> None:
        """Puts the waiting row into the queue; with the lock."""
        row, self._row = self._row, None
        if row is None:
            return
        self._steps = itertools.count(max(self._peek(), int(self._row_step) + 1))
        if row:
            self._queue.append((self._row_step, row))

    def define_metric(self, name: str, step_metric: Optional[str] = None, **ignored: Any) -> None:
        """Makes the newest value of `step_metric` the x of the metrics called `name`, in which `*` stands for anything.

        By default x is the step. Other arguments of wandb are taken and have no effect.
        """
        with self._gather_lock:
            self._metrics.gather(self._queue)
            self._metrics.define(str(name), None if step_metric is None else str(step_metric))

    def progress(self, done: float, total: Optional[float] = None) -> None:
        """Says how many steps are done, of `total` if that is known: the bar of the window. Returns at once and costs
        next to nothing: at most 20 a second are sent, the last one always. Fractions count, too: `progress(0.5, 1)`.
        """
        if not self._is_finished:
            self._progress.report(done, total)

    def alert(self, title: str, text: str = "", level: str = AlertLevel.INFO, wait_duration: Any = None) -> None:
        """Puts a line into the run's control pane. `level` is one of `AlertLevel`; `wait_duration` has no effect."""
        line = "%s: %s" % (title, text) if text else str(title)
        level = str(getattr(level, "value", level)).upper()
        self._text(line.splitlines(), _LEVELS.get(level, "info"))

    def save(self, *ignored: Any, **more: Any) -> list[str]:
        """Does nothing, for wandb's sake: files stay where they are."""
        return []

    def finish(self, exit_code: Optional[int] = 0, quiet: Optional[bool] = None) -> None:
        """Ends the run: well if `exit_code` is 0. Waits at most ten seconds for the viewer; `quiet` has no effect."""
        code = int(exit_code or 0)
        self._finish(code == 0, self.summary.text() if code == 0 else "exit code %d" % code, code, False)

    def _finish(self, ok: bool, text: str, exit_code: int, stopped: bool) -> None:
        with self._lock:
            if self._is_finished:
                return
            self._is_finished = True
            self._commit()
        self._progress.send_waiting()
        if self._client is not None:
            # The client asks for the queue once more before it ends.
            self._client.finish(ok, text, exit_code, stopped)
        self._queue = new_queue(is_open=False)
        _forget(self)

    def __enter__(self) -> "Run":
        self._at_work.__enter__()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._at_work.__exit__()
        if error is None:
            self.finish()
        else:
            was_stopped = isinstance(error, KeyboardInterrupt)
            self._finish(False, _exit.describe(error), 130 if was_stopped else 1, was_stopped)

    # Between the queue and the client.

    def _gather_for_client(self, is_waiting: bool) -> bool:
        """The client's source. Its sender's thread does not wait for a caller who is gathering; an end or a flush does,
        lest what is being gathered come behind it.
        """
        if not self._gather_lock.acquire(blocking=is_waiting):
            return True
        try:
            return self._metrics.gather(self._queue)
        finally:
            self._gather_lock.release()

    def _gather(self) -> bool:
        with self._gather_lock:
            return self._metrics.gather(self._queue)

    def _newest(self) -> dict[str, Any]:
        if not self._is_finished:
            self._gather()
        return self._metrics.newest

    def _send(self, *arguments: Any, **more: Any) -> None:
        if self._client is not None:
            self._client.send(*arguments, **more)

    def _text(self, lines: list[str], level: str = "info") -> None:
        head: Head = {"t": "text", "pane": "control", "level": level, "lines": lines}
        self._send(dict(head, time=round(time.monotonic() - self._begun, 3)))

    def _config_changed(self, changed: dict[str, Any]) -> None:
        client: Optional[Client] = getattr(self, "_client", None)
        if client is not None and changed:
            client.set_config(dict(self.config))
            self._text(["%s = %s" % (clip(str(name)), clip(str(value))) for name, value in changed.items()])

    def _hear(self, head: Head) -> None:
        """What the person pressed; on the client's reader thread."""
        if head["t"] != "stop" or self._is_finished:
            return
        self._is_stop_asked = True
        if head.get("press", 1) < 2:
            return
        main = threading.main_thread()
        if _is_interactive():
            _stop.main_thread.interrupt()
        elif main.is_alive() and main.ident is not None:
            # A script is always at work. A signal, so that a main thread that sleeps or reads wakes up; where the
            # program has none of its own for it, it becomes a KeyboardInterrupt.
            signal.pthread_kill(main.ident, signal.SIGINT)

    def _abandon(self) -> None:
        """In a forked child: logging costs nothing and does nothing."""
        self._lock, self._gather_lock = threading.Lock(), threading.Lock()
        self._row = None
        self._queue = new_queue(is_open=False)

    def __reduce__(self) -> Any:
        # In another process, such as a worker of a data loader, the copy does nothing.
        return _copy, (self.project, self.name, dict(self.config))


def _copy(project: Optional[str], name: str, config: dict[str, Any]) -> Run:
    return Run(project, name, config, mode="disabled")


_runs: "weakref.WeakSet[Run]" = weakref.WeakSet()
_current: Optional[Run] = None


def _in_child() -> None:
    for run in list(_runs):
        run._abandon()


os.register_at_fork(after_in_child=_in_child)


def _forget(run: Run) -> None:
    global _current
    if _current is run:
        _current = None


def _is_interactive() -> bool:
    """Whether the main thread may be waiting for what a person types."""
    ipython = sys.modules.get("IPython")
    return hasattr(sys, "ps1") or (ipython is not None and ipython.get_ipython() is not None)


def _script_name() -> str:
    if "ipykernel" in sys.modules:
        return "notebook"
    path = sys.argv[0] if sys.argv else ""
    return os.path.basename(path) if path not in ("", "-", "-c", "-m") else "python"


# As functions of the module.


def init(
    project: Optional[str] = None,
    name: Optional[str] = None,
    config: Any = None,
    mode: str = "auto",
    reinit: Any = None,
    **ignored: Any,
) -> Run:
    """Begins a run and makes it the current one, for `kymograph.log` and the like. Returns at once.

    The run is called `project/name`, or by the one that is given, or by the script. `config` holds its settings: a
    dictionary or an `argparse.Namespace`. `mode` is `auto` (the window opens; where there is no viewer the run is
    recorded all the same), `offline` (recorded, no window) or `disabled`; `online` means `auto`. A run that is current
    is finished before, unless `reinit` is False: then it is returned. Other arguments of wandb are taken and have no
    effect. Raises `ValueError` for an unknown mode.
    """
    global _current
    if _current is not None:
        if reinit is False or reinit == "return_previous":
            return _current
        _current.finish()
    _current = Run(project, name, config, "auto" if mode in ("online", "shared") else mode)
    return _current


def current() -> Optional[Run]:
    """The current run; None before `init` and after `finish`."""
    return _current


def _needed(function: str) -> Run:
    if _current is None:
        raise RuntimeError("kymograph.%s: there is no run; call kymograph.init() before" % function)
    return _current


def log(
    data: dict[str, Any],
    step: Optional[float] = None,
    commit: Optional[bool] = None,
    sync: Optional[bool] = None,
) -> None:
    """`Run.log` of the current run. Raises `RuntimeError` if there is none."""
    (_current or _needed("log")).log(data, step, commit)


def define_metric(name: str, step_metric: Optional[str] = None, **ignored: Any) -> None:
    """`Run.define_metric` of the current run. Raises `RuntimeError` if there is none."""
    _needed("define_metric").define_metric(name, step_metric)


def alert(title: str, text: str = "", level: str = AlertLevel.INFO, wait_duration: Any = None) -> None:
    """`Run.alert` of the current run. Raises `RuntimeError` if there is none."""
    _needed("alert").alert(title, text, level)


def save(*ignored: Any, **more: Any) -> list[str]:
    """Does nothing, for wandb's sake."""
    return []


def finish(exit_code: Optional[int] = 0, quiet: Optional[bool] = None) -> None:
    """Ends the current run, if there is one."""
    if _current is not None:
        _current.finish(exit_code)
