"""What people pass as x and y, turned into the arrays of the protocol.

Each array is copied once at most on its way into a frame: here. What comes out belongs to the frame, so that the caller
may change his arrays at once. NumPy is used if the program has imported it or if it can be. Knows no figure.
"""

from __future__ import annotations

import array
import datetime
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Optional

try:
    import numpy
except ImportError:  # All of this works without NumPy, on `array.array`.
    numpy = None  # type: ignore[assignment]

BODY_BYTES_MAX = 268_435_456
"""The most bytes of arrays in one frame: docs/protocol.md, Frames."""

# What NumPy's types are sent as; the types of the protocol are f8, f4, i8, i4 and u1.
_SENT_AS = {
    "f2": "f4", "f4": "f4", "f8": "f8",
    "i1": "i4", "i2": "i4", "i4": "i4", "i8": "i8",
    "u1": "u1", "u2": "i4", "u4": "i8", "u8": "f8",
    "b1": "u1",
}  # fmt: skip


class Samples(NamedTuple):
    """The samples of one `append` or `replace`."""

    x: Optional[Any]
    """An array, or None if x is `start + i * step`."""
    y: Any
    start: float
    step: float
    is_time: bool
    """Whether x was dates: it is seconds since 1970 UTC."""

    def __len__(self) -> int:
        return len(self.y)

    def is_empty(self) -> bool:
        """Whether there is no sample in it."""
        return len(self.y) == 0


def samples(x: Any, y: Any, call: str, *, start: float = 0.0, is_scalar_allowed: bool = False) -> Samples:
    """The samples that `call` (a name for errors) was given.

    `x` None or a `range` is sent as start and step; None counts on from `start`. Numbers alone are taken as one sample if
    `is_scalar_allowed`. Raises `ValueError` for shapes that do not match and `TypeError` for what is no number, both
    naming the argument.
    """
    y_array, _ = _convert(y, "y", call, is_scalar_allowed)
    if x is None:
        return Samples(None, y_array, start, 1.0, False)
    if isinstance(x, range):
        _same_length(len(x), len(y_array), call)
        return Samples(None, y_array, float(x.start), float(x.step), False)
    x_array, is_time = _convert(x, "x", call, is_scalar_allowed)
    _same_length(len(x_array), len(y_array), call)
    return Samples(x_array, y_array, 0.0, 1.0, is_time)


def _same_length(x_length: int, y_length: int, call: str) -> None:
    if x_length != y_length:
        raise ValueError(f"{call}: x and y must have the same length, but x has {x_length} and y has {y_length}")


def columns(y: Any) -> list[Any]:
    """The columns of a two-dimensional `y`, or `[y]`. Without NumPy always `[y]`."""
    if numpy is None or isinstance(y, (array.array, range)):
        return [y]
    table = _as_numpy(y)
    if table.ndim != 2:
        return [table if isinstance(y, (list, tuple)) else y]
    return [table[:, index] for index in range(table.shape[1])]


def dimensions(value: Any) -> int:
    """The number of dimensions of `value` if it says so, else 1."""
    return int(getattr(value, "ndim", 1))


def pieces(given: Samples, bytes_max: int = BODY_BYTES_MAX) -> Iterator[tuple[dict[str, Any], Sequence[Any]]]:
    """The samples in as many parts as the limit of a frame asks for: members for its head, and its arrays.

    One part at least, even of nothing. The parts are views, not copies.
    """
    width = _itemsize(given.y) + (_itemsize(given.x) if given.x is not None else 0)
    count_max = max(1, bytes_max // width)
    total = len(given.y)
    if total <= count_max:
        yield _piece(given, 0, total)
        return
    for at in range(0, total, count_max):
        yield _piece(given, at, min(at + count_max, total))


def _piece(given: Samples, at: int, end: int) -> tuple[dict[str, Any], Sequence[Any]]:
    is_whole = at == 0 and end == len(given.y)
    y = given.y if is_whole else given.y[at:end]
    if given.x is None:
        return {"start": given.start + at * given.step, "step": given.step}, [y]
    return {}, [given.x if is_whole else given.x[at:end], y]


def extent(values: Optional[Any], given: Samples) -> Optional[tuple[float, float]]:
    """Least and greatest finite number of `values`, or of the counted x of `given` if that is None; None if none is."""
    if given.is_empty():
        return None
    if values is None:
        ends = (given.start, given.start + (len(given.y) - 1) * given.step)
        return min(ends), max(ends)
    if numpy is not None and isinstance(values, numpy.ndarray):
        low, high = float(values.min()), float(values.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            values = values[numpy.isfinite(values)]
            if not len(values):
                return None
            low, high = float(values.min()), float(values.max())
        return low, high
    finite = [value for value in values if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else None


def _itemsize(values: Any) -> int:
    return int(values.itemsize)


def _convert(value: Any, name: str, call: str, is_scalar_allowed: bool) -> tuple[Any, bool]:
    if value is None:
        raise TypeError(f"{call}: {name} is None")
    if numpy is not None:
        return _convert_numpy(value, name, call, is_scalar_allowed)
    return _convert_plain(value, name, call, is_scalar_allowed)


def _as_numpy(value: Any) -> Any:
    if hasattr(value, "detach"):
        # A torch tensor, which may want a gradient or be on another device.
        value = value.detach().cpu().numpy()
    return numpy.asarray(value)


def _convert_numpy(value: Any, name: str, call: str, is_scalar_allowed: bool) -> tuple[Any, bool]:
    try:
        given = _as_numpy(value)
    except ValueError as error:
        raise ValueError(f"{call}: {name} is no array of numbers: {error}") from None
    if given.ndim == 0 and is_scalar_allowed:
        given = given.reshape(1)
    if given.ndim == 2 and 1 in given.shape:
        given = given.reshape(-1)
    if given.ndim != 1:
        raise ValueError(f"{call}: {name} must have one dimension, but its shape is {given.shape}")
    is_time = given.dtype.kind == "M" or (given.dtype.kind == "O" and len(given) > 0 and _is_date(given[0]))
    if given.dtype.kind in "Mm":
        return _seconds(given), is_time
    if is_time:
        return numpy.array([_timestamp(date) for date in given], dtype="<f8"), True
    if given.dtype.kind == "O":
        try:
            return given.astype("<f8"), False
        except (TypeError, ValueError) as error:
            raise TypeError(f"{call}: {name} has elements that are no numbers: {error}") from None
    if given.dtype.kind == "f" and given.dtype.itemsize > 8:
        target = "f8"
    else:
        target = _SENT_AS.get(given.dtype.str[1:], "")
    if not target:
        raise TypeError(f"{call}: {name} must be real numbers, but its type is {given.dtype}")
    # A list became an array that is nobody else's; anything else is copied, once, into one piece of memory.
    is_own = isinstance(value, (list, tuple, int, float)) and given.dtype.str[1:] == target
    return (given if is_own else numpy.array(given, dtype="<" + target, order="C")), False


def _seconds(dates: Any) -> Any:
    """Dates as seconds since 1970, time spans as seconds; not-a-time becomes NaN."""
    nanos = dates.astype(f"{dates.dtype.kind}8[ns]")
    secs = nanos.astype("<i8") / 1e9
    secs[numpy.isnat(dates)] = numpy.nan
    return secs


def _is_date(value: Any) -> bool:
    return isinstance(value, datetime.date)


def _timestamp(date: Any) -> float:
    """Seconds since 1970 UTC; a date without a zone is local time."""
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime(date.year, date.month, date.day)
    return float(date.timestamp())


def _convert_plain(value: Any, name: str, call: str, is_scalar_allowed: bool) -> tuple[Any, bool]:
    if isinstance(value, (int, float)):
        if not is_scalar_allowed:
            raise ValueError(f"{call}: {name} must be a sequence of numbers, but it is {value!r}")
        return array.array("d", [value]), False
    if isinstance(value, (bytes, str)):
        raise TypeError(f"{call}: {name} must be numbers, but it is {type(value).__name__}")
    if isinstance(value, memoryview):
        if value.ndim != 1:
            raise ValueError(f"{call}: {name} must have one dimension, but its shape is {value.shape}")
        code = value.format.lstrip("@=<" if sys.byteorder == "little" else "@=")
        value = array.array(code, value.tobytes()) if code in "dfBqliIQ" else value.tolist()
    if isinstance(value, array.array):
        is_sent_so = (value.typecode in "df" or value.typecode == "B") or (
            value.typecode in "ilq" and value.itemsize in (4, 8)
        )
        return (value[:] if is_sent_so else array.array("d", value)), False
    try:
        listed = list(value)
        if listed and _is_date(listed[0]):
            return array.array("d", [_timestamp(date) for date in listed]), True
        return array.array("d", listed), False
    except TypeError as error:
        raise TypeError(f"{call}: {name} has elements that are no numbers: {error}") from None
