"""One line of a subplot: `Line`, whose samples are set as a whole or appended.

Called on any thread, under the lock of its figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from . import _arrays, _color, _words

if TYPE_CHECKING:
    from ._axes import Axes


class Line:
    """One line. Made by `Axes.plot`."""

    def __init__(self, ax: Axes, number: int, label: str, hex_color: Optional[str]) -> None:
        self.axes = ax
        self._number: Optional[int] = number
        self._label = _words.cut(label)
        self._color = hex_color
        self._is_time = False
        self._count = 0
        self._extents: dict[str, Optional[tuple[float, float]]] = {"x": None, "y": None}
        # The last data that were set as a whole, for set_ydata: arrays that belong to the frame and never change.
        self._whole: Optional[_arrays.Samples] = None
        self._waiting: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<Line {self._label!r} of {self._count} samples>"

    def set_data(self, *args: Any) -> None:
        """Puts new samples in place of all: `set_data(x, y)` or `set_data((x, y))`. Sent before it returns.

        The arrays are copied once, in their own type; they may be changed at once. Raises `ValueError` for lengths that do
        not match.
        """
        x, y = args if len(args) == 2 else args[0]
        given = _arrays.samples(x, y, "set_data")
        with self.axes.figure._lock:
            self._waiting.clear()
            self._replace(given)

    def set_xdata(self, x: Any) -> None:
        """New x for the y that there are. If their number is another, it waits for `set_ydata`."""
        self._set_one("x", x)

    def set_ydata(self, y: Any) -> None:
        """New y for the x that there are. If their number is another, it waits for `set_xdata`.

        Raises `ValueError` after `append`: a line does not keep what was appended.
        """
        self._set_one("y", y)

    def append(self, x: Any, y: Any = None) -> None:
        """Adds samples at the end: `append(x, y)` with numbers or arrays, or `append(y)`, where x counts on.

        Sent before it returns. Raises `ValueError` for lengths that do not match.
        """
        if y is None:
            x, y = None, x
        with self.axes.figure._lock:
            given = _arrays.samples(x, y, "append", start=self._next_x(), is_scalar_allowed=True)
            self._whole = None
            self._send("append", given)

    def set_color(self, color: Any) -> None:
        """Sets the colour: see `Axes.plot`. Raises `ValueError` for what is none."""
        self._color = _color.to_hex(color)
        self._redeclare()

    set_c = set_color

    def get_color(self) -> Optional[str]:
        """The colour as `"#rrggbb"`, or None if the window chooses it."""
        return self._color

    def set_label(self, label: Any) -> None:
        """Sets the name in the legend."""
        self._label = _words.cut(label)
        self._redeclare()

    def get_label(self) -> str:
        """The name in the legend."""
        return self._label

    def remove(self) -> None:
        """Takes the line out of the figure. Calls on it have no effect any more."""
        ax = self.axes
        with ax.figure._lock:
            if self._number is not None:
                # A new line may take its place before it is seen to go: redrawing by clear() and plot() does not flicker.
                ax._removed_ids.append(self._number)
                ax.lines.remove(self)
                self._number = None
                self._whole = None
                ax.figure._change_layout()

    def _next_x(self) -> float:
        whole = self._whole
        return whole.start + len(whole) * whole.step if whole is not None and whole.x is None else float(self._count)

    def _set_one(self, which: str, values: Any) -> None:
        with self.axes.figure._lock:
            if self._whole is None and which not in self._waiting and self._count:
                raise ValueError(f"set_{which}data: after append() use set_data(x, y)")
            self._waiting[which] = values
            whole = self._whole
            if whole is not None:
                x = self._waiting.get("x", whole.x if whole.x is not None else _range_of(whole))
                y = self._waiting.get("y", whole.y)
            else:
                x, y = self._waiting.get("x"), self._waiting.get("y")
            if x is None or y is None or len(x) != len(y):
                # A copy: the caller may change his array before its other half comes.
                self._waiting[which] = _arrays.samples(None, values, f"set_{which}data").y
                return
            self._waiting.clear()
            self._replace(_arrays.samples(x, y, f"set_{which}data"))

    def _replace(self, given: _arrays.Samples) -> None:
        self._whole = given
        self._count = 0
        self._extents = {"x": None, "y": None}
        self._send("replace", given)

    def _send(self, kind: str, given: _arrays.Samples) -> None:
        fig = self.axes.figure
        if self._number is None:
            return
        if given.is_time and not self._is_time:
            self._declare(True)
        self._count += len(given)
        self._widen("x", _arrays.extent(given.x, given))
        self._widen("y", _arrays.extent(given.y, given))
        fig._send_layout()
        for members, arrays in _arrays.pieces(given):
            fig._send(dict({"t": kind, "id": self._number}, **members), arrays)
            kind = "append"

    def _widen(self, axis: str, extent: Optional[tuple[float, float]]) -> None:
        if extent is None:
            return
        old = self._extents[axis]
        new = extent if old is None else (min(old[0], extent[0]), max(old[1], extent[1]))
        self._extents[axis] = new
        if new != old and self.axes._limits and self.axes._has_open_end():
            self.axes.figure._change_layout()

    def _redeclare(self) -> None:
        with self.axes.figure._lock:
            if self._number is not None:
                self._declare(self._is_time)

    def _declare(self, is_time: bool) -> None:
        self._is_time = is_time
        head: dict[str, Any] = {"t": "series", "id": self._number, "name": self._label}
        head["subplot"] = self.axes._index
        if self._color is not None:
            head["color"] = self._color
        if is_time:
            head["x_is_time"] = True
        self.axes.figure._send_layout()
        self.axes.figure._send(head)


def _range_of(whole: _arrays.Samples) -> Union[range, list[float]]:
    """The counted x of a line, as what `samples` sends as start and step."""
    start, step, count = whole.start, whole.step, len(whole)
    if start == int(start) and step == int(step) and step:
        return range(int(start), int(start + count * step), int(step))
    return [start + index * step for index in range(count)]
