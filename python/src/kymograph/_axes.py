"""One subplot: `Axes`, with the calls of Matplotlib's that a live figure needs.

Called on any thread, under the lock of its figure. Knows what to send; the figure sends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Optional

from . import _arrays, _color, _words
from ._line import Line

if TYPE_CHECKING:
    from ._figure import Figure

# Arguments of Matplotlib's `plot` that are taken and not drawn, so that its programs run unchanged.
_LINE_OPTIONS = {
    "alpha", "animated", "antialiased", "aa", "clip_on", "dashes", "drawstyle", "ds", "fillstyle", "gid", "linestyle", "ls",
    "linewidth", "lw", "marker", "markeredgecolor", "mec", "markeredgewidth", "mew", "markerfacecolor", "mfc", "markersize",
    "ms", "markevery", "picker", "rasterized", "scalex", "scaley", "solid_capstyle", "solid_joinstyle", "url", "visible",
    "zorder",
}  # fmt: skip

class Axes:
    """One subplot of a figure."""

    def __init__(self, fig: Figure, index: int) -> None:
        self.figure = fig
        self.lines: list[Line] = []
        """The lines in it, in the order in which they were made."""
        self._index = index
        self._line_count = 0
        self._removed_ids: list[int] = []
        self._reset()

    def _reset(self) -> None:
        self._texts: dict[str, str] = {}
        self._scales: dict[str, str] = {}
        self._limits: dict[str, tuple[Optional[float], Optional[float]]] = {}
        self._has_legend = False

    def __repr__(self) -> str:
        return f"<Axes {self._index} of {self.figure.name!r}, {len(self.lines)} lines>"

    def plot(self, *args: Any, color: Any = None, label: Any = None, **options: Any) -> list[Line]:
        """Draws lines and returns them: `plot(y)`, `plot(x, y)`, `plot(x, y, "r")`, and several such groups in one call.

        A two-dimensional `y` is one line for each column. `color` is a name, "C0" to "C9", "#rrggbb" or three floats (see
        `_color.to_hex`); without one the window chooses. `label` is the name in the legend, or a list of them. Line styles
        and markers are taken and not drawn, which is said once. `x` may be a `range` or left out: then only y is sent.
        Raises `ValueError` for lengths that do not match, `TypeError` for what is no number.
        """
        if "c" in options:
            color = options.pop("c")
        _words.say_unused("plot", options, _LINE_OPTIONS)
        # All is checked before anything is drawn.
        todo: list[tuple[_arrays.Samples, Optional[str]]] = []
        for x, y, format_text in _groups(args):
            for given in _given_columns(x, y):
                todo.append((given, _color_of(color, format_text)))
        labels = _labels(label, len(todo))
        return [self._add(given, hex_color, text) for (given, hex_color), text in zip(todo, labels)]

    def _add(self, given: _arrays.Samples, hex_color: Optional[str], label: Optional[str]) -> Line:
        fig = self.figure
        with fig._lock:
            number = self._removed_ids.pop(0) if self._removed_ids else fig._new_id()
            self._line_count += 1
            line = Line(self, number, label or f"line {self._line_count}", hex_color)
            self.lines.append(line)
            line._declare(given.is_time)
            line._replace(given)
            return line

    def clear(self) -> None:
        """Takes lines, titles, limits and scales away."""
        with self.figure._lock:
            for line in list(self.lines):
                line.remove()
            self._line_count = 0
            self._reset()
            self.figure._change_layout()

    cla = clear

    def set_title(self, text: str, **_options: Any) -> None:
        """Sets the title of this subplot."""
        self._set_text("title", text)

    def set_xlabel(self, text: str, **_options: Any) -> None:
        """Sets the text below the x axis."""
        self._set_text("x_label", text)

    def set_ylabel(self, text: str, **_options: Any) -> None:
        """Sets the text beside the y axis."""
        self._set_text("y_label", text)

    def set_xlim(self, left: Any = None, right: Any = None, **options: Any) -> None:
        """Limits of the x axis: `set_xlim(0, 10)`, `set_xlim((0, 10))`. None leaves that end to the data.

        `auto=True` and no number: all data. Raises `ValueError` for numbers that are not finite or are equal.
        """
        self._set_limits("x", left, right, options.pop("xmin", None), options.pop("xmax", None), "set_xlim")

    def set_ylim(self, bottom: Any = None, top: Any = None, **options: Any) -> None:
        """Limits of the y axis, as `set_xlim`."""
        self._set_limits("y", bottom, top, options.pop("ymin", None), options.pop("ymax", None), "set_ylim")

    def get_xlim(self) -> tuple[Optional[float], Optional[float]]:
        """The limits that were set, or those of all data; None where there are neither."""
        return self._ends("x")

    def get_ylim(self) -> tuple[Optional[float], Optional[float]]:
        """As `get_xlim`."""
        return self._ends("y")

    def set_xscale(self, scale: str, **_options: Any) -> None:
        """The scale of the x axis: "linear" or "log". Raises `ValueError` for others."""
        self._set_scale("x", scale, "set_xscale")

    def set_yscale(self, scale: str, **_options: Any) -> None:
        """The scale of the y axis: "linear" or "log". Raises `ValueError` for others."""
        self._set_scale("y", scale, "set_yscale")

    def semilogx(self, *args: Any, **options: Any) -> list[Line]:
        """`plot` with a logarithmic x axis."""
        self.set_xscale("log")
        return self.plot(*args, **options)

    def semilogy(self, *args: Any, **options: Any) -> list[Line]:
        """`plot` with a logarithmic y axis."""
        self.set_yscale("log")
        return self.plot(*args, **options)

    def loglog(self, *args: Any, **options: Any) -> list[Line]:
        """`plot` with both axes logarithmic."""
        self.set_xscale("log")
        self.set_yscale("log")
        return self.plot(*args, **options)

    def set(self, **properties: Any) -> None:
        """Several at once: `ax.set(title="loss", xlabel="step", ylim=(0, 1), yscale="log")`.

        Raises `AttributeError` for what there is not.
        """
        for name, value in properties.items():
            setter = getattr(self, "set_" + name, None)
            if setter is None:
                raise AttributeError(f"axes have no property {name!r}")
            setter(value)

    def legend(self, *args: Any, **options: Any) -> None:
        """Shows the legend: `legend()`, `legend(["a", "b"])`, `legend(lines, ["a", "b"])`. The window chooses its place."""
        with self.figure._lock:
            labels = args[-1] if args else options.get("labels")
            lines = args[0] if len(args) == 2 else options.get("handles") or self.lines
            if labels is not None:
                for line, text in zip(list(lines), labels):
                    line.set_label(text)
            self._has_legend = True
            self.figure._change_layout()

    def grid(self, *_args: Any, **_options: Any) -> None:
        """Taken and has no effect: the person turns the grid on and off in the window."""

    def relim(self, *_args: Any, **_options: Any) -> None:
        """Does nothing: limits that are left to the data always follow them."""

    autoscale_view = relim

    def autoscale(self, enable: bool = True, axis: str = "both", tight: Optional[bool] = None) -> None:
        """Leaves the limits of `axis` ("x", "y" or "both") to the data again."""
        if enable:
            with self.figure._lock:
                for name in ("x", "y"):
                    if axis in (name, "both"):
                        self._limits.pop(name, None)
                self.figure._change_layout()

    def _set_text(self, name: str, text: str) -> None:
        with self.figure._lock:
            self._texts[name] = _words.cut(text)
            self.figure._change_layout()

    def _set_scale(self, axis: str, scale: str, call: str) -> None:
        if scale not in ("linear", "log"):
            raise ValueError(f"{call}: the scale must be 'linear' or 'log', but it is {scale!r}")
        with self.figure._lock:
            self._scales[axis] = scale
            self.figure._change_layout()

    def _set_limits(self, axis: str, low: Any, high: Any, low_too: Any, high_too: Any, call: str) -> None:
        if high is None and low is not None and hasattr(low, "__len__"):
            low, high = low
        low, high = (low_too if low is None else low), (high_too if high is None else high)
        ends = tuple(None if end is None else _finite(end, call) for end in (low, high))
        if ends[0] is not None and ends[0] == ends[1]:
            raise ValueError(f"{call}: both limits are {ends[0]}")
        with self.figure._lock:
            # As in Matplotlib, an end that is not given stays as it was.
            before = self._limits.get(axis, (None, None))
            if ends == (None, None):
                self._limits.pop(axis, None)
            else:
                self._limits[axis] = tuple(old if new is None else new for old, new in zip(before, ends))  # type: ignore
            self.figure._change_layout()

    def _ends(self, axis: str) -> tuple[Optional[float], Optional[float]]:
        low, high = self._limits.get(axis, (None, None))
        if low is None or high is None:
            extents = [one for one in (line._extents[axis] for line in self.lines) if one is not None]
            if extents:
                low = min(one[0] for one in extents) if low is None else low
                high = max(one[1] for one in extents) if high is None else high
        return low, high

    def _described(self) -> dict[str, Any]:
        described: dict[str, Any] = dict(self._texts)
        for axis in ("x", "y"):
            if axis in self._scales:
                described[axis + "_scale"] = self._scales[axis]
            if axis in self._limits:
                # The protocol has both limits or none: an end that was left open is that of the data so far.
                low, high = self._ends(axis)
                described[axis + "_limits"] = [low, high] if low is not None and high is not None else None
        described["legend"] = self._has_legend
        return described

    def _has_open_end(self) -> bool:
        return any(None in ends for ends in self._limits.values())

    def _send_removals(self) -> None:
        removed, self._removed_ids = self._removed_ids, []
        for number in removed:
            self.figure._send({"t": "remove", "id": number})
        self.figure._free_ids += removed


def _finite(value: Any, call: str) -> float:
    number = _timestamp(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{call}: a limit must be a finite number, but it is {value!r}")
    return number


def _timestamp(value: Any) -> float:
    return _arrays._timestamp(value) if _arrays._is_date(value) else float(value)


def _groups(args: Sequence[Any]) -> Iterator[tuple[Any, Any, Optional[str]]]:
    """The groups `[x,] y [, format]` of a call of `plot`, as Matplotlib reads them."""
    rest = list(args)
    if not rest:
        raise TypeError("plot() needs y, or x and y")
    while rest:
        if isinstance(rest[0], str):
            raise TypeError(f"plot: {rest[0]!r} stands where x or y should be")
        count = 2 if len(rest) > 1 and not isinstance(rest[1], str) else 1
        x, y = (rest[0], rest[1]) if count == 2 else (None, rest[0])
        rest = rest[count:]
        format_text = None
        if rest and isinstance(rest[0], str):
            format_text = rest.pop(0)
        yield x, y, format_text


def _given_columns(x: Any, y: Any) -> Iterator[_arrays.Samples]:
    y_columns = _arrays.columns(y)
    x_columns = _arrays.columns(x) if len(y_columns) > 1 and _arrays.dimensions(x) == 2 else [x]
    if len(x_columns) not in (1, len(y_columns)):
        raise ValueError(f"plot: x has {len(x_columns)} columns, but y has {len(y_columns)}")
    for index, column in enumerate(y_columns):
        yield _arrays.samples(x_columns[index % len(x_columns)], column, "plot")


def _color_of(color: Any, format_text: Optional[str]) -> Optional[str]:
    found = None
    if format_text is not None:
        found, styles, unknown = _color.split_format(format_text)
        for part in unknown:
            _words.say_once(f"kymograph: {part!r} in a format such as {format_text!r} is not known")
        for part in styles:
            if part != "-":
                _words.say_once(f"kymograph: the style {part!r} of a format is taken and not drawn")
    return _color.to_hex(color) if color is not None else found


def _labels(label: Any, count: int) -> list[Optional[str]]:
    if label is None or isinstance(label, str) or not hasattr(label, "__len__"):
        return [None if label is None else str(label)] * count
    if len(label) != count:
        raise ValueError(f"plot: label has {len(label)} names for {count} lines")
    return [str(one) for one in label]
