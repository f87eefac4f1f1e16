"""Steps done of all, said to the window at most twenty times a second.

Any thread may report; frames are made on the timer's thread. Knows nothing of runs and jobs.
"""

from __future__ import annotations

import math
import time
from typing import Any, Callable, Optional

from . import _timer

PROGRESS_SECS = 0.05
"""Least time between two reports: 20 a second."""


class Progress:
    """The progress of one run or job. `send(head, keep=False)` takes the frames."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self.newest: tuple[float, Optional[float], str] = (0, None, "")
        """Steps done, of how many if that is known, and what is being done."""
        self._is_report_due = False
        self._reported_at = float("-inf")

    @property
    def fraction(self) -> Optional[float]:
        """Steps done of all, 0 to 1, or None if the number of all is not known."""
        done, total, _ = self.newest
        return None if not total else min(1.0, max(0.0, done / total))

    def report(self, done: float, total: Optional[float] = None, text: str = "") -> None:
        """Takes the newest progress; it is sent now or when the last report is old enough. The last one always is."""
        self.newest = (done, total, text)
        if not self._is_report_due:
            self._is_report_due = True
            _timer.call_later(max(0.0, self._reported_at + PROGRESS_SECS - time.monotonic()), self.send_waiting)

    def send_waiting(self) -> None:
        """Sends what was reported and not sent yet."""
        if not self._is_report_due:
            return
        self._is_report_due = False
        self._reported_at = time.monotonic()
        done, total, text = self.newest
        if not math.isfinite(done):
            return
        if total is not None and not math.isfinite(total):
            total = None
        if total is not None and not (float(done).is_integer() and float(total).is_integer()):
            # Steps are whole numbers in the protocol.
            done, total = done / total * 1000 if total else 0, 1000
        head: dict[str, Any] = {"t": "progress", "done": max(0, int(done))}
        if total is not None:
            head["total"] = max(0, int(total))
        if text:
            head["text"] = text
        self._send(head, keep=False)
