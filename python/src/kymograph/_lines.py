"""Cuts what a job prints into lines as a person would see them, progress bars included, and sends them.

`LineSplitter` is pure but for its clock. `Printed` gathers lines of one job for 20 ms, so that a loop that prints makes
a few frames and not thousands. Any thread may write.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Any, Callable, Optional

from . import _stop, _timer, _words

LINE_BYTES_MAX = 65_536
"""Longest line of a frame: a limit of the protocol. Longer ones are split."""
REWRITE_SECS = 0.05
"""Least time between two states of a line that is rewritten by carriage returns: 20 a second."""
GATHER_SECS = 0.02
"""How long a line waits for others."""
FRAME_LINES_MAX = 1_000
"""Lines of one frame; the protocol allows ten times as many."""
FRAME_BYTES_MAX = 131_072
"""Bytes of the lines of one frame: JSON makes six of one at worst, and a head has at most 1,048,576."""

_BREAKS = re.compile(r"([\r\n])")


class LineSplitter:
    """Splits text at line feeds. A carriage return rewrites the line: of such a line at most one state each
    `REWRITE_SECS` is handed to `emit`, and always the last."""

    def __init__(self, emit: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._emit = emit
        self._clock = clock
        self._line = ""
        self._held = ""
        self._shown = ""
        self._shown_at = -REWRITE_SECS
        self._is_rewritten = False
        self._after_return = False

    def feed(self, text: str) -> Optional[float]:
        """Takes printed text. Gives the seconds after which `settle` should be called, or None."""
        if "\r" not in text and not self._is_rewritten and not self._after_return:
            *lines, rest = text.split("\n")
            for line in lines:
                self._add(line)
                self._end_line()
            self._add(rest)
            return None
        for part in _BREAKS.split(text):
            if part == "\n":
                self._end_line()
            elif part == "\r":
                self._after_return = True
            elif part:
                if self._after_return:
                    self._rewrite()
                self._add(part)
        return self.settle()

    def settle(self) -> Optional[float]:
        """Hands on the newest state of a rewritten line if its time has come, else gives the seconds until then."""
        if not self._is_rewritten and not self._after_return:
            return None
        state = self._newest()
        if not state or state == self._shown:
            return None
        left = self._shown_at + REWRITE_SECS - self._clock()
        if left > 0:
            return left
        self._show(state)
        return None

    def finish(self) -> None:
        """Hands on what is left: a last line without an end."""
        if self._newest():
            self._end_line()

    def _newest(self) -> str:
        line = self._line.rstrip() if self._is_rewritten or self._after_return else self._line
        # Blanks wipe a bar away: what it said last is its newest state.
        return line or self._held

    def _show(self, state: str) -> None:
        self._shown, self._shown_at = state, self._clock()
        self._emit(state)

    def _rewrite(self) -> None:
        self._held = self._newest()
        self._line = ""
        self._is_rewritten, self._after_return = True, False

    def _end_line(self) -> None:
        if not self._is_rewritten and not self._shown:
            self._emit(self._line)
        elif self._newest() != self._shown:
            self._emit(self._newest())
        self._line = self._held = self._shown = ""
        self._is_rewritten = self._after_return = False

    def _add(self, text: str) -> None:
        text = self._line + text
        while len(text) * 4 > LINE_BYTES_MAX:
            head = _words.cut(text, LINE_BYTES_MAX)
            if len(head) == len(text):
                break
            self._emit(head)
            text = text[len(head) :]
        self._line = text


class Printed:
    """What one job prints: text in, frames `text` out. Standard output goes to the pane `worker`, errors to `receiver`."""

    def __init__(self, send: Callable[..., None], is_echoed: Callable[[], bool] = lambda: False) -> None:
        self.is_echoed = is_echoed
        """Whether what is printed shall be seen where it always went, too: no window shows it."""
        self._send = send
        self._started_at = time.monotonic()
        self._is_closed = False
        self._lock = threading.RLock()
        self._waiting: list[tuple[str, str]] = []
        self._bytes = 0
        self._is_timer_set = False
        self._is_inside = False
        self._splitters = {pane: LineSplitter(self._taker(pane)) for pane in ("worker", "receiver")}

    def write(self, pane: str, text: str) -> bool:
        """Takes printed text. False if it is not taken: the job has ended, or it comes from the sending of such text."""
        with self._lock:
            if self._is_inside or self._is_closed:
                return False
            self._is_inside = True
            try:
                wait_secs = self._splitters[pane].feed(text)
                if wait_secs is not None:
                    self._set_timer(wait_secs)
            finally:
                self._is_inside = False
        return True

    def say(self, text: str, level: str) -> None:
        """Sends whole lines of another level, after all that was printed."""
        with self._lock:
            self.finish()
            head: dict[str, Any] = {"t": "text", "level": level, "pane": "worker", "time": self._now()}
            for chunk in _chunks([_words.cut(line, LINE_BYTES_MAX) for line in text.splitlines()]):
                self._send(dict(head, lines=chunk))

    def flush(self) -> None:
        """Sends the whole lines that wait."""
        with self._lock:
            waiting, self._waiting, self._bytes = self._waiting, [], 0
            at = 0
            while at < len(waiting):
                end = at
                while end < len(waiting) and waiting[end][0] == waiting[at][0]:
                    end += 1
                for lines in _chunks([line for _, line in waiting[at:end]]):
                    self._send({"t": "text", "pane": waiting[at][0], "lines": lines, "time": self._now()})
                at = end

    def finish(self) -> None:
        """Sends all that waits, lines without an end too."""
        with self._lock:
            for splitter in self._splitters.values():
                splitter.finish()
            self.flush()

    def close(self) -> None:
        """Sends all that waits, and takes nothing any more."""
        with self._lock:
            self.finish()
            self._is_closed = True

    def _now(self) -> float:
        return round(time.monotonic() - self._started_at, 6)

    def _taker(self, pane: str) -> Callable[[str], None]:
        def take(line: str) -> None:
            line = line.encode("utf-8", "replace").decode("utf-8")
            self._waiting.append((pane, line))
            self._bytes += len(line)
            if len(self._waiting) >= FRAME_LINES_MAX or self._bytes >= FRAME_BYTES_MAX:
                self.flush()
            else:
                self._set_timer(GATHER_SECS)

        return take

    def _set_timer(self, delay_secs: float) -> None:
        if not self._is_timer_set:
            self._is_timer_set = True
            _timer.call_later(delay_secs, self._on_timer)

    def _on_timer(self) -> None:
        with self._lock:
            self._is_timer_set = False
            if self._is_closed:
                return
            left = [splitter.settle() for splitter in self._splitters.values()]
            self.flush()
            due = [secs for secs in left if secs is not None]
            if due:
                self._set_timer(min(due))


def _chunks(lines: list[str]) -> list[list[str]]:
    """The lines in as many lists as the limits of a frame ask for."""
    chunks: list[list[str]] = []
    size = FRAME_BYTES_MAX
    for line in lines:
        size += len(line.encode("utf-8", "replace"))
        if not chunks or size > FRAME_BYTES_MAX or len(chunks[-1]) == FRAME_LINES_MAX:
            chunks.append([])
            size = len(line.encode("utf-8", "replace"))
        chunks[-1].append(line)
    return chunks


def shielded(send: Callable[..., None]) -> Callable[..., None]:
    """`send` so that a second press of Stop does not cut a frame in two."""

    def shielded_send(head: dict[str, Any], *args: Any, **options: Any) -> None:
        with _stop.shield():
            send(head, *args, **options)

    return shielded_send
