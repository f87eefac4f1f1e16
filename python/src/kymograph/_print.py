"""Printing from jobs: while jobs run, what they print goes to their windows, and all else where it always went.

`sys.stdout` and `sys.stderr` are replaced by proxies while at least one job runs. A write is a job's if it is made in the
job's context (`contextvars`): by the thread of the job, and by its asyncio tasks. Threads that a job starts itself have
a context of their own, so what they print goes where it always went, unless they are run by
`contextvars.copy_context().run`. What was given `sys.stderr` before, such as a handler of `logging`, keeps writing there.
"""

from __future__ import annotations

import contextvars
import io
import sys
import threading
from typing import Any, Optional

from ._lines import Printed

_target: contextvars.ContextVar[Optional[Printed]] = contextvars.ContextVar("kymograph_output", default=None)
_lock = threading.RLock()
_users = 0
_default: Optional[Printed] = None

_PANES = {"stdout": "worker", "stderr": "receiver"}


class Proxy(io.TextIOBase):
    """Stands for a text stream: a job's writes go to its window, all other calls to the stream."""

    # What the proxy has of its own; all other attributes are read and set on the stream.
    _OWN = ("_kymograph_stream", "_kymograph_pane", "_kymograph_write", "_kymograph_local")

    def __init__(self, stream: Any, pane: str) -> None:
        self._kymograph_stream = stream
        self._kymograph_pane = pane
        # What others have put in place of `write`, as IPython does for each cell. It calls ours in turn.
        self._kymograph_write: Any = None
        self._kymograph_local = threading.local()

    def write(self, text: str) -> int:
        """Writes text; gives the number of its characters."""
        printed = current()
        if printed is None:
            count = self._write_on(text)
            return len(text) if count is None else int(count)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not printed.write(self._kymograph_pane, text) or printed.is_echoed():
            self._kymograph_stream.write(text)
        return len(text)

    def _write_on(self, text: str) -> Any:
        replaced, local = self._kymograph_write, self._kymograph_local
        if replaced is None or getattr(local, "is_inside", False):
            return self._kymograph_stream.write(text)
        local.is_inside = True
        try:
            return replaced(text)
        finally:
            local.is_inside = False

    def writelines(self, lines: Any) -> None:
        """Writes each of the lines."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing in a job, whose lines go by themselves; else flushes the stream."""
        if current() is None:
            self._kymograph_stream.flush()

    def isatty(self) -> bool:
        """False in a job; else what the stream says."""
        return current() is None and bool(self._kymograph_stream.isatty())

    @property
    def buffer(self) -> Any:
        """In a job something whose `write(bytes)` is the job's; else the buffer of the stream."""
        return self._kymograph_stream.buffer if current() is None else _Bytes(self)

    def close(self) -> None:
        """Closes the stream; nothing in a job."""
        if current() is None:
            self._kymograph_stream.close()

    def __del__(self) -> None:
        # The base class would close the stream with the proxy.
        pass

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Proxy._OWN:
            object.__setattr__(self, name, value)
        elif name == "write":
            is_ours = getattr(value, "__func__", None) is Proxy.write and value.__self__ is self
            self._kymograph_write = None if is_ours else value
        else:
            setattr(self._kymograph_stream, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_kymograph_stream"), name)

    def __repr__(self) -> str:
        return f"<kymograph proxy of {self._kymograph_stream!r}>"


def _forwarded(name: str) -> Any:
    return property(lambda self: getattr(self._kymograph_stream, name))


# The base class has these itself, so that `__getattr__` is never asked for them.
for _name in (
    "closed", "encoding", "errors", "newlines", "fileno", "readable", "writable", "seekable", "seek", "tell", "truncate",
    "read", "readline", "readlines", "detach", "__iter__",
):  # fmt: skip
    setattr(Proxy, _name, _forwarded(_name))


class _Bytes:
    """The `buffer` of a proxy within a job."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def write(self, data: Any) -> int:
        """Writes bytes of UTF-8; what is not valid is replaced."""
        data = bytes(data)
        self._proxy.write(data.decode("utf-8", "replace"))
        return len(data)

    def flush(self) -> None:
        """Does nothing."""


def current() -> Optional[Printed]:
    """Where a write that is made now goes, or None if it goes where it always went."""
    return _target.get() or _default


def enter(printed: Printed) -> None:
    """What this context prints is `printed`'s from now on. Only for contexts that end with the job."""
    _target.set(printed)


def capture_process(printed: Printed) -> None:
    """All that this process prints is `printed`'s, from any thread. For a process that runs one job."""
    global _default
    _default = printed


def install() -> None:
    """One more job runs. Standard output and error become proxies unless they are already."""
    global _users
    with _lock:
        _users += 1
        for name, pane in _PANES.items():
            stream = getattr(sys, name)
            # None: a program without a console. A proxy may have been put back by `contextlib.redirect_stdout`.
            if stream is not None and not isinstance(stream, Proxy):
                setattr(sys, name, Proxy(stream, pane))


def uninstall() -> None:
    """One job fewer. After the last one each stream is restored, if it is still our proxy."""
    global _users
    with _lock:
        _users = max(0, _users - 1)
        if _users:
            return
        for name in _PANES:
            stream = getattr(sys, name)
            while isinstance(stream, Proxy):
                stream = stream._kymograph_stream
                setattr(sys, name, stream)


def original(name: str) -> Any:
    """The stream behind `sys.<name>`, proxy or not."""
    stream = getattr(sys, name)
    while isinstance(stream, Proxy):
        stream = stream._kymograph_stream
    return stream
