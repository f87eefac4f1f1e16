"""Figures drawn by calls: `subplots()`, `Figure`, `Axes`, `Line`, in the manner of Matplotlib.

Each figure is a run of kind `figure` with a connection of its own, so it has a window of its own. Every call that carries
samples is sent at once; the window draws when it likes and the caller never waits for it. What describes the figure
(titles, limits, labels of axes) is one frame, `layout`, that holds all of it: it is held back until the next samples are
sent or 20 ms have gone by, so that ten calls in a row are one frame. Calls may come from any thread.
"""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Any, Optional

from . import _arrays, _link, _stop, _timer, _words
from ._axes import Axes
from ._line import Line

__all__ = ["Axes", "Figure", "Line", "figure", "subplots"]

SUBPLOTS_MAX = 64
"""Subplots of a figure: a limit of the protocol."""
SERIES_MAX = 10_000
"""Lines of a figure: a limit of the protocol."""
LAYOUT_DELAY_SECS = 0.02
"""How long a change of the layout waits for others: little more than a frame of a screen."""
EXIT_SECS = 2.0
"""How long the end of the program waits for all figures together."""

# Arguments of Matplotlib's `subplots` that are taken and not drawn, so that its programs run unchanged.
_FIGURE_OPTIONS = {
    "sharex", "sharey", "figsize", "dpi", "facecolor", "edgecolor", "frameon", "layout", "constrained_layout",
    "tight_layout", "gridspec_kw", "subplot_kw", "width_ratios", "height_ratios", "clear",
}  # fmt: skip

_figure_numbers = itertools.count(1)
_open_figures: weakref.WeakSet[Figure] = weakref.WeakSet()


def subplots(
    nrows: int = 1,
    ncols: int = 1,
    squeeze: bool = True,
    title: Optional[str] = None,
    name: Optional[str] = None,
    **options: Any,
) -> tuple[Figure, Any]:
    """A new figure in a window of its own, and its axes: one, a row or column, or a grid, as in Matplotlib.

    `squeeze=False` always gives the grid. With NumPy the axes are an object array, else nested lists. `title` stands above
    all subplots; `name` is what the run is called (default: the title, else "Figure 1" and on). The rest of Matplotlib's
    arguments is taken and has no effect. Raises `ValueError` for more than 64 subplots.
    """
    _words.say_unused("subplots", options, _FIGURE_OPTIONS)
    fig = Figure(nrows, ncols, title=title, name=name)
    rows = [fig.axes[row * ncols : (row + 1) * ncols] for row in range(nrows)]
    return fig, _as_matplotlib_gives_them(rows, squeeze)


def figure(name: Optional[str] = None, title: Optional[str] = None, **options: Any) -> Figure:
    """A new figure in a window of its own, without axes: `add_subplot` makes them."""
    _words.say_unused("figure", options, _FIGURE_OPTIONS)
    return Figure(1, 1, title=title, name=name, has_axes=False)


def _as_matplotlib_gives_them(rows: list[list[Axes]], squeeze: bool) -> Any:
    if squeeze and len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    axes: Any = rows
    if squeeze and len(rows) == 1:
        axes = rows[0]
    elif squeeze and len(rows[0]) == 1:
        axes = [row[0] for row in rows]
    numpy: Any = vars(_arrays)["numpy"]
    if numpy is None:
        return axes
    is_grid = isinstance(axes[0], list)
    array = numpy.empty((len(rows), len(rows[0])) if is_grid else len(axes), dtype=object)
    array[...] = axes
    return array


class Figure:
    """A window with a grid of axes. Made by `subplots()` or `figure()`; closed by `close()`, or when nothing holds it."""

    def __init__(
        self,
        nrows: int = 1,
        ncols: int = 1,
        *,
        title: Optional[str] = None,
        name: Optional[str] = None,
        has_axes: bool = True,
    ) -> None:
        _check_grid(nrows, ncols)
        self.name = _words.cut(name or title or f"Figure {next(_figure_numbers)}")
        self.axes: list[Axes] = []
        self.stopping = False
        """Whether the person pressed Stop in the window of this figure."""
        self._lock = threading.RLock()
        self._rows, self._cols = nrows, ncols
        self._title = _words.cut(title) if title is not None else None
        self._series_count = 0
        self._free_ids: list[int] = []
        self._is_layout_due = False
        self._is_timer_set = False
        self._is_closed = False

        this = weakref.ref(self)
        self._client = _link.connect(self.name, "figure", on_control=lambda frame: _control(this, frame))
        # A figure that nobody holds any more is finished; its window stays and says so.
        self._finalizer = weakref.finalize(self, _finish, self._client)
        self._finalizer.atexit = False
        _open_figures.add(self)
        _link.at_exit(_close_all)
        if has_axes:
            self.axes = [Axes(self, index) for index in range(nrows * ncols)]
            self._change_layout()

    def __repr__(self) -> str:
        return f"<Figure {self.name!r} {self._rows}x{self._cols}{' closed' if self._is_closed else ''}>"

    def add_subplot(self, *args: Any) -> Axes:
        """Axes in a grid: `add_subplot()`, `add_subplot(nrows, ncols, index)` or `add_subplot(223)`; from 1 on.

        The grid grows to what is asked for. Asking again for the same place gives the same axes.
        """
        if len(args) == 1 and isinstance(args[0], int) and 111 <= args[0] <= 999:
            args = (args[0] // 100, args[0] // 10 % 10, args[0] % 10)
        nrows, ncols, index = args if len(args) == 3 else (self._rows, self._cols, 1)
        _check_grid(nrows, ncols)
        if not 1 <= index <= nrows * ncols:
            raise ValueError(f"add_subplot: index {index} is not in a grid of {nrows} x {ncols}")
        with self._lock:
            if self.axes and (nrows, ncols) != (self._rows, self._cols):
                raise ValueError(f"add_subplot: the figure has a grid of {self._rows} x {self._cols} already")
            self._rows, self._cols = nrows, ncols
            if not self.axes:
                self.axes = [Axes(self, place) for place in range(nrows * ncols)]
            self._change_layout()
            return self.axes[index - 1]

    def gca(self) -> Axes:
        """The first axes; they are made if there are none."""
        return self.axes[0] if self.axes else self.add_subplot()

    def suptitle(self, text: str, **_options: Any) -> None:
        """Sets the title above all subplots."""
        with self._lock:
            self._title = _words.cut(text)
            self._change_layout()

    def clear(self) -> None:
        """Takes all lines, titles and labels away; the axes stay."""
        with self._lock:
            self._title = None
            for ax in self.axes:
                ax.clear()
            self._change_layout()

    clf = clear

    def show(self, **_options: Any) -> None:
        """Brings the window to the front, or back if it was closed. Does not wait."""
        with self._lock:
            self._send_layout()
            self._send({"t": "show"}, keep=False)

    def draw(self, *_args: Any) -> None:
        """Sends what is held back. Never needed: it goes by itself within 20 ms."""
        with self._lock:
            self._send_layout()

    draw_idle = draw
    flush_events = draw

    @property
    def canvas(self) -> Figure:
        """The figure itself: it has `draw`, `draw_idle` and `flush_events`, which live plots in Matplotlib call."""
        return self

    def tight_layout(self, *_args: Any, **_options: Any) -> None:
        """Does nothing: subplots are always laid out so that nothing overlaps."""

    def close(self, timeout: float = 0.0) -> bool:
        """Says that the figure is complete. The window stays; calls that draw have no effect any more.

        Waits until all is recorded, `timeout` seconds at most or a little longer, and says whether it is known to be. With 0
        it does not wait.
        """
        with self._lock:
            if self._is_closed:
                return True
            self._send_layout()
            self._is_closed = True
            _open_figures.discard(self)
            self._finalizer.detach()
        if timeout <= 0:
            _link.finish_later(self._client, ok=True)
            return False
        return bool(self._client.finish(ok=True, timeout=timeout))

    def __enter__(self) -> Figure:
        return self

    def __exit__(self, *_details: Any) -> None:
        self.close()

    def _send(self, head: dict[str, Any], arrays: Sequence[Any] = (), *, keep: bool = True) -> None:
        if self._is_closed:
            _words.say_once(f"kymograph: {self.name!r} is closed; what is drawn into it is not shown")
            return
        # A second press of Stop must not cut a frame in two.
        with _stop.shield():
            if arrays:
                self._client.send(head, arrays, keep=keep, owned=True)
            else:
                self._client.send(head, keep=keep)

    def _change_layout(self) -> None:
        self._is_layout_due = True
        if not self._is_timer_set:
            self._is_timer_set = True
            _timer.call_later(LAYOUT_DELAY_SECS, self._settle)

    def _settle(self) -> None:
        with self._lock:
            self._is_timer_set = False
            if not self._is_closed:
                self._send_layout()
                for ax in self.axes:
                    ax._send_removals()

    def _send_layout(self) -> None:
        if self._is_layout_due and self.axes:
            self._is_layout_due = False
            head: dict[str, Any] = {"t": "layout", "rows": self._rows, "cols": self._cols}
            head["subplots"] = [ax._described() for ax in self.axes]
            if self._title is not None:
                head["title"] = self._title
            self._send(head)

    def _new_id(self) -> int:
        if self._free_ids:
            return self._free_ids.pop(0)
        if self._series_count == SERIES_MAX:
            raise ValueError(f"a figure has at most {SERIES_MAX} lines; remove some, or use set_data() to change one")
        self._series_count += 1
        return self._series_count - 1


def _check_grid(nrows: int, ncols: int) -> None:
    if nrows < 1 or ncols < 1:
        raise ValueError(f"nrows and ncols must be 1 at least, but they are {nrows} and {ncols}")
    if nrows * ncols > SUBPLOTS_MAX:
        raise ValueError(f"a figure has at most {SUBPLOTS_MAX} subplots, but {nrows} x {ncols} is {nrows * ncols}")


def _control(this: weakref.ref[Figure], frame: dict[str, Any]) -> None:
    fig = this()
    if fig is not None and frame.get("t") == "stop":
        fig.stopping = True
        if frame.get("press", 1) >= 2:
            _stop.main_thread.interrupt()


def _finish(client: Any) -> None:
    # The garbage collector calls, perhaps in the middle of anything: what takes time is done elsewhere.
    _timer.call_later(0.0, lambda: _link.finish_later(client, ok=True))


def _close_all() -> None:
    deadline = time.monotonic() + EXIT_SECS
    for fig in list(_open_figures):
        fig.close(timeout=max(0.001, deadline - time.monotonic()))
