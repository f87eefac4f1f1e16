"""One daemon thread, `kymograph-timer`, that calls small functions a little later.

It sends what was held back so that many changes make one frame: layouts, printed lines, progress. It starts when there is
something to call, ends when there was nothing for a moment, and is joined, with a bound of a second, when the program ends.
What it calls must not wait.
"""

from __future__ import annotations

import atexit
import heapq
import itertools
import logging
import os
import threading
import time
from typing import Callable, Optional

_log = logging.getLogger("kymograph")

IDLE_SECS = 0.1
"""How long the thread stays without work: a new one costs a tenth of a millisecond."""


class Timer:
    """Calls functions at times of `time.monotonic()`, in their order, on a thread of its own."""

    def __init__(self) -> None:
        self._start_anew()

    def _start_anew(self) -> None:
        self._wake = threading.Condition()
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._thread: Optional[threading.Thread] = None
        self._is_ending = False
        self._is_registered = False

    def call_later(self, delay_secs: float, function: Callable[[], None]) -> None:
        """Calls `function()` in `delay_secs` seconds. Does nothing once the program is ending."""
        with self._wake:
            if self._is_ending:
                return
            heapq.heappush(self._calls, (time.monotonic() + delay_secs, next(self._count), function))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="kymograph-timer", daemon=True)
                self._thread.start()
                if not self._is_registered:
                    self._is_registered = True
                    atexit.register(self.close)
            self._wake.notify()

    def cancel(self, function: Callable[[], None]) -> None:
        """Forgets the calls of `function` that are not due yet."""
        with self._wake:
            self._calls = [call for call in self._calls if call[2] != function]
            heapq.heapify(self._calls)
            self._wake.notify()

    def close(self) -> None:
        """Ends the thread; waits for it at most a second. Calls that are not due yet are dropped."""
        with self._wake:
            self._is_ending = True
            thread = self._thread
            self._wake.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join(1.0)

    def _work(self) -> None:
        while True:
            with self._wake:
                if not self._calls:
                    self._wake.wait(IDLE_SECS)
                if self._is_ending or not self._calls:
                    self._thread = None
                    return
                left = self._calls[0][0] - time.monotonic()
                if left > 0:
                    self._wake.wait(left)
                    continue
                function = heapq.heappop(self._calls)[2]
            try:
                function()
            except Exception:
                _log.exception("a delayed call failed")
            # What it belongs to may go while the thread sleeps.
            del function


timer = Timer()

if hasattr(os, "register_at_fork"):
    # In a forked child there is no such thread, and the lock may be held by nobody.
    os.register_at_fork(after_in_child=timer._start_anew)


def call_later(delay_secs: float, function: Callable[[], None]) -> None:
    """`timer.call_later` of the one timer of this process."""
    timer.call_later(delay_secs, function)


def cancel(function: Callable[[], None]) -> None:
    """`timer.cancel` of the one timer of this process."""
    timer.cancel(function)
