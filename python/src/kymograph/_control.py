"""What a function that runs as a job has in its hand: stop and pause, progress, values. `Job` and the job within a child
process are both made from it.

Called on the thread of the function; `ask_stop`, `pause` and `resume` on any. Knows no thread and no process.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional, TypeVar

from ._lines import Printed, shielded
from ._progress import Progress
from ._series import SeriesBook
from ._stop import Stopped

Item = TypeVar("Item")

_current: contextvars.ContextVar[Optional[Control]] = contextvars.ContextVar("kymograph_job", default=None)


def current_job() -> Any:
    """The job whose function calls this, or None. A thread that the function starts itself has none."""
    return _current.get()


class Control:
    """Stop, pause, progress and values of a running function.

    Frames go to `send(head, arrays=(), keep=True, owned=False)`.
    """

    def __init__(self, name: str, send: Callable[..., None], is_echoed: Callable[[], bool] = lambda: False) -> None:
        self.name = name
        self._send_lock = threading.RLock()
        self._is_open = True
        self._emit = shielded(self._send_if_open)
        self._send = send
        self._printed = Printed(self._emit, is_echoed)
        self._series = SeriesBook(self._emit)
        self._changed = threading.Condition()
        self._presses = 0
        self._is_paused = False
        self._depth = 0
        self._progress = Progress(self._emit)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop. A loop without `track` looks here and returns in its own time."""
        return self._presses > 0

    @property
    def paused(self) -> bool:
        """Whether it was asked to pause. It stands at its next `track` step or `check()`."""
        return self._is_paused

    @property
    def progress(self) -> Optional[float]:
        """Steps done of all, 0 to 1, or None if the number of all is not known."""
        return self._progress.fraction

    def track(self, iterable: Iterable[Item], total: Optional[int] = None) -> Iterator[Item]:
        """The items of `iterable`, with progress, at most 20 reports a second.

        `total` is the number of items (default: its length, if it has one). Before each item the loop stands still while
        the job is paused, and raises `Stopped` if it was asked to stop, so that nothing after the loop takes half of the
        items for all; what is to be done all the same belongs into `finally`. Of loops within one another the outermost
        is reported.
        """
        if total is None:
            length = getattr(iterable, "__len__", None)
            total = length() if length is not None else None
        self._depth += 1
        is_outermost = self._depth == 1
        try:
            if is_outermost:
                self.report(0, total)
            for done, item in enumerate(iterable, 1):
                self.check()
                yield item
                if is_outermost:
                    self.report(done, total)
        finally:
            self._depth -= 1
            if is_outermost:
                self._progress.send_waiting()

    def check(self) -> None:
        """Stands still while the job is paused; raises `Stopped` if it was asked to stop. For loops without `track`."""
        if self._presses:
            raise Stopped()
        if self._is_paused:
            self._stand()

    def report(self, done: float, total: Optional[float] = None, text: str = "") -> None:
        """Says how many steps are done, of `total` if that is known, and what is being done. Costs next to nothing: at
        most 20 a second are sent, the last one always."""
        self._progress.report(done, total, text)

    def log(self, values: dict[str, Any], step: Optional[float] = None) -> None:
        """Adds one sample to each series in `values` at x = `step`. See `SeriesBook.log`."""
        self._series.log(values, step)

    def append(self, name: str, x: Any, y: Any = None) -> None:
        """Adds samples at the end of a series. See `SeriesBook.append`."""
        self._series.append(name, x, y)

    def plot(self, name: str, x: Any, y: Any = None, color: Any = None) -> None:
        """Puts samples in place of all of a series. See `SeriesBook.plot`."""
        self._series.plot(name, x, y, color)

    def show(self) -> None:
        """Brings the window of the job to the front, or back if it was closed. Does not wait."""
        self._emit({"t": "show"}, keep=False)

    def _set_progress(self, done: float, total: Optional[float], text: str) -> None:
        """Takes progress that was reported elsewhere; it is not sent."""
        self._progress.newest = (done, total, text)

    def _take_stop(self) -> int:
        with self._changed:
            self._presses += 1
            self._changed.notify_all()
            return self._presses

    def _take_pause(self, is_paused: bool) -> None:
        with self._changed:
            self._is_paused = is_paused
            self._changed.notify_all()

    def _stand(self) -> None:
        self._send_all()
        self._emit({"t": "state", "paused": True}, keep=False)
        try:
            with self._changed:
                while self._is_paused and not self._presses:
                    self._changed.wait()
        finally:
            self._emit({"t": "state", "paused": False}, keep=False)
        if self._presses:
            raise Stopped()

    def _send_if_open(self, head: dict[str, Any], *args: Any, **options: Any) -> None:
        # Threads that the function started may outlive it; nothing follows the end of a run.
        with self._send_lock:
            if self._is_open:
                self._send(head, *args, **options)

    def _send_all(self) -> None:
        self._progress.send_waiting()
        self._series.flush()
        self._printed.flush()

    def _close(self) -> None:
        """Sends all that waits and takes no print any more."""
        self._progress.send_waiting()
        self._series.flush()
        self._printed.close()
        with self._send_lock:
            self._is_open = False
