"""Turns logged rows into appends of series: many rows into one append a series. Runs on any one thread at a time."""

import array
import fnmatch
import logging
import math
from collections import deque
from collections.abc import Iterator
from typing import Any, Callable, Optional

from ._wire import SERIES_MAX, clip

log = logging.getLogger("kymograph")

Row = tuple[float, dict[Any, Any]]

# Types whose values are numbers that nobody can change.
PLAIN_TYPES = frozenset((float, int, bool))

# From this length on it pays to look whether x is start, start + 1, … and to send y alone.
_REGULAR_MIN = 8

# Values that rows may hold in the queue before the caller of `log` gathers them itself: about 30 MB of Python's objects.
_QUEUE_VALUES = 200_000
_QUEUE_ROWS_MIN = 64

# Subplots that metrics over different x share: more could not be read.
_SUBPLOTS_MAX = 8


class _Series:
    """Samples of one metric that are not yet sent."""

    __slots__ = ("number", "name", "step_key", "xs", "ys")

    def __init__(self, number: int, name: str) -> None:
        self.number, self.name = number, name
        self.step_key: Optional[str] = None
        self.xs = array.array("d")
        self.ys = array.array("d")


class Metrics:
    """The series of a run."""

    def __init__(self, send: Callable[..., None]) -> None:
        """`send(head, arrays, owned=True)` takes the frames."""
        self._send = send
        self._series: dict[Any, _Series] = {}
        self._names: dict[str, _Series] = {}
        self._definitions: dict[str, Optional[str]] = {}
        self._step_keys: set[str] = set()
        self._step_values: dict[str, float] = {}
        # The subplot of each x. Curves over epochs and curves over steps have no axis in common.
        self._subplots: dict[Optional[str], int] = {}
        self._is_at_limit = False
        self.newest: dict[str, Any] = {}
        self.queue_rows = _QUEUE_VALUES // 4

    def define(self, name: str, step_metric: Optional[str]) -> None:
        """From now on x of the metrics that match `name` (with `*`) is the newest value of `step_metric`."""
        self._definitions[name] = step_metric
        if step_metric is not None:
            self._step_keys.add(step_metric)
            if step_metric in self.newest:
                self._step_values[step_metric] = _float(self.newest[step_metric])
        for series in self._names.values():
            step_key = self._step_key(series.name)
            if step_key != series.step_key:
                self._flush(series)
                series.step_key = step_key
                self._declare(series)

    def gather(self, queue: "deque[Row]") -> bool:
        """Takes the rows that are in the queue now and sends their samples. Returns whether there were any."""
        count = len(queue)
        touched: dict[int, _Series] = {}
        values = 0
        for _ in range(count):
            step, row = queue.popleft()
            values += len(row)
            self.newest.update(row)
            if self._step_keys:
                for key in self._step_keys & row.keys():
                    self._step_values[key] = _float(row[key])
            for key, value in row.items():
                series = self._series.get(key) or self._find(key)
                if series is None:
                    continue
                try:
                    series.ys.append(value)
                except OverflowError:
                    series.ys.append(_float(value))
                series.xs.append(step if series.step_key is None else self._step_values.get(series.step_key, step))
                touched[series.number] = series
        for series in touched.values():
            self._flush(series)
        if values:
            self.queue_rows = max(_QUEUE_ROWS_MIN, _QUEUE_VALUES // max(1, values // count))
        return count > 0

    def _find(self, key: Any) -> Optional[_Series]:
        name = clip(str(key))
        series = self._names.get(name)
        if series is None:
            if len(self._names) >= SERIES_MAX:
                if not self._is_at_limit:
                    self._is_at_limit = True
                    log.warning("kymograph: more than %d metrics; %r and others are not recorded", SERIES_MAX, name)
                return None
            series = self._names[name] = _Series(len(self._names), name)
            series.step_key = self._step_key(name)
            self._declare(series)
        self._series[key] = series
        return series

    def _step_key(self, name: str) -> Optional[str]:
        if name in self._definitions:
            return self._definitions[name]
        for pattern, step_metric in self._definitions.items():
            if "*" in pattern and name != step_metric and fnmatch.fnmatchcase(name, pattern):
                return step_metric
        return None

    def _declare(self, series: _Series) -> None:
        x_label = "step" if series.step_key is None else clip(series.step_key)
        head: dict[str, Any] = {"t": "series", "id": series.number, "name": series.name, "x_label": x_label}
        subplot = self._subplots.setdefault(series.step_key, min(len(self._subplots), _SUBPLOTS_MAX - 1))
        # A series that has been in another one is told so, even of the first.
        if subplot or len(self._subplots) > 1:
            head["subplot"] = subplot
        self._send(head)

    def _flush(self, series: _Series) -> None:
        xs, ys = series.xs, series.ys
        if not ys:
            return
        series.xs, series.ys = array.array("d"), array.array("d")
        head: dict[str, Any] = {"t": "append", "id": series.number}
        arrays: list[Any] = [xs, ys]
        first = xs[0]
        if len(xs) >= _REGULAR_MIN and xs[-1] - first == len(xs) - 1 and first.is_integer():
            if xs == array.array("d", range(int(first), int(first) + len(xs))):
                head["start"] = first
                arrays = [ys]
        self._send(head, arrays, owned=True)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def flatten(data: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """The pairs of a dictionary, those of nested ones as `outer/inner`."""
    for key, value in data.items():
        name = "%s%s" % (prefix, key) if prefix else key
        if isinstance(value, dict) and depth < 16:
            yield from flatten(value, "%s/" % name, depth + 1)
        else:
            yield name, value


def number(value: Any) -> Optional[float]:
    """A value as a number: those of Python and NumPy, and arrays and tensors of one element. None for all else.

    A tensor on a GPU is waited for, as its value can change after the call.
    """
    if type(value) in PLAIN_TYPES:
        return value  # type: ignore[no-any-return]
    if value is None or isinstance(value, (str, bytes, bytearray, complex)):
        return None
    try:
        item = getattr(value, "item", None)
        if callable(item):
            # Of NumPy and PyTorch; refuses more than one element.
            value = item()
        if isinstance(value, (str, bytes, complex)):
            return None
        return float(value)
    except OverflowError:
        return _float(value)
    except Exception:  # Whatever the value's own code raises: it is no number.
        return None


def new_queue(is_open: bool = True) -> "deque[Row]":
    """A queue of rows; one that is not open takes nothing, at no cost."""
    return deque() if is_open else deque(maxlen=0)
