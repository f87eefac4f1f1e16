"""The series of a job: values by name, gathered for a moment so that a fast loop makes few frames.

Any thread may call. Knows frames, not where they go.
"""

from __future__ import annotations

import array
import threading
from typing import Any, Callable, Optional

from . import _arrays, _color, _timer, _words

SERIES_MAX = 10_000
"""Series of a run: a limit of the protocol."""
GATHER_SECS = 0.03
"""How long single values wait for others."""
GATHER_MAX = 4_096
"""Values of one series that are sent without waiting."""
_SUBPLOTS_MAX = 8
"""Subplots that series over different x share: more could not be read."""


class _Series:
    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        self.is_time = False
        self.x = array.array("d")
        self.y = array.array("d")


class SeriesBook:
    """Series by name. `send(head, arrays, owned=True)` takes the frames."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._lock = threading.RLock()
        self._series: dict[str, _Series] = {}
        self._step = 0
        # The subplot of each x, by its label.
        self._subplots = {"step": 0}
        self._waiting: list[_Series] = []
        self._is_timer_set = False

    def log(self, values: dict[str, Any], step: Optional[float] = None, x_label: str = "step") -> None:
        """Adds one sample to each series in `values`, at x = `step` (default: one more than the last). Never raises for a
        value: what is no number is left out, which is said once for each name. Dictionaries within give names `a/b`.
        Series that begin with another `x_label` stand in a subplot of their own."""
        with self._lock:
            x = float(self._step if step is None else step)
            if x_label == "step":
                self._step = int(x) + 1
            self._log(values, x, "", x_label)

    def _log(self, values: dict[str, Any], x: float, prefix: str, x_label: str = "step") -> None:
        for key, value in values.items():
            name = prefix + str(key)
            if isinstance(value, dict):
                self._log(value, x, name + "/", x_label)
                continue
            try:
                y = float(value)
            except (TypeError, ValueError):
                _words.say_once(f"kymograph: {name!r} is no number but {type(value).__name__}; it is not logged")
                continue
            series = self._of(name, x_label)
            if series is None:
                continue
            if not series.y:
                self._waiting.append(series)
            series.x.append(x)
            series.y.append(y)
            series.count += 1
            if len(series.y) >= GATHER_MAX:
                self.flush()
        if self._waiting and not self._is_timer_set:
            self._is_timer_set = True
            _timer.call_later(GATHER_SECS, self._on_timer)

    def append(self, name: str, x: Any, y: Any = None) -> None:
        """Adds samples at the end of the series `name`: `append(name, x, y)` with numbers or arrays, or `append(name, y)`,
        where x counts on. Raises `ValueError` for lengths that do not match and `TypeError` for what is no number."""
        with self._lock:
            if y is None:
                x, y = None, x
            if isinstance(y, (int, float)) and isinstance(x, (int, float)):
                self._log({name: y}, float(x), "")
                return
            series = self._of(name)
            if series is not None:
                start = float(series.count)
                self._put(
                    "append", series, name, _arrays.samples(x, y, "append", start=start, is_scalar_allowed=True)
                )

    def plot(self, name: str, x: Any, y: Any = None, color: Any = None) -> None:
        """Puts samples in place of all of the series `name`: `plot(name, x, y)` or `plot(name, y)`. `color`, as Matplotlib
        names it, is that of the series from now on. Raises as `append`, and `ValueError` for an unknown colour."""
        more = {} if color is None else {"color": _color.to_hex(color)}
        with self._lock:
            if y is None:
                x, y = None, x
            given = _arrays.samples(x, y, "plot")
            series = self._of(name)
            if series is not None:
                series.count = 0
                self._put("replace", series, name, given, more)

    def flush(self) -> None:
        """Sends what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            for series in waiting:
                x, series.x = series.x, array.array("d")
                y, series.y = series.y, array.array("d")
                self._send({"t": "append", "id": series.number}, [x, y], owned=True)

    def _put(
        self, kind: str, series: _Series, name: str, given: _arrays.Samples, more: Optional[dict[str, Any]] = None
    ) -> None:
        self.flush()
        if given.is_time and not series.is_time:
            series.is_time = True
            self._send({"t": "series", "id": series.number, "name": _words.cut(name), "x_is_time": True})
        series.count += len(given)
        for members, arrays in _arrays.pieces(given):
            self._send(dict({"t": kind, "id": series.number}, **members, **(more or {})), arrays, owned=True)
            kind, more = "append", None

    def _of(self, name: str, x_label: str = "step") -> Optional[_Series]:
        series = self._series.get(name)
        if series is None:
            if len(self._series) >= SERIES_MAX:
                _words.say_once(f"kymograph: a job has at most {SERIES_MAX} series; {name!r} and others are not shown")
                return None
            series = self._series[name] = _Series(len(self._series))
            head: dict[str, Any] = {"t": "series", "id": series.number, "name": _words.cut(name), "x_label": x_label}
            subplot = self._subplots.setdefault(x_label, min(len(self._subplots), _SUBPLOTS_MAX - 1))
            self._send(dict(head, subplot=subplot) if subplot else head)
        return series

    def _on_timer(self) -> None:
        with self._lock:
            self._is_timer_set = False
            self.flush()
