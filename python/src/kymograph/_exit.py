"""The ends of the process: its clients are finished at exit and are no more in a forked child.

Runs on the main thread at exit, and in the child right after `os.fork`. Knows of clients only the three methods below.
"""

import atexit
import os
import sys
import threading
import time
from typing import Any, Optional, Protocol

from . import _socket

# How long the end of the process may wait for viewers, all together.
EXIT_PATIENCE_SECS = 5.0


class Endable(Protocol):
    """What is called when the process ends or forks."""

    def begin_end(self, ok: bool, text: str, exit_code: int, stopped: bool) -> None:
        """Sends what is left and the end; does not wait."""

    def complete_end(self, timeout: float) -> bool:
        """Waits until all is acknowledged or saved, at most so many seconds."""

    def abandon(self) -> None:
        """In a forked child: lets go of everything without touching the parent's connection."""


_live: set[Any] = set()
_lock = threading.Lock()
_is_installed = False
_uncaught: Optional[BaseException] = None


def register(client: Endable) -> None:
    """From now on `client` is finished at exit and abandoned in forked children."""
    global _is_installed
    with _lock:
        _live.add(client)
        if _is_installed:
            return
        _is_installed = True
    atexit.register(_at_exit)
    os.register_at_fork(after_in_child=_in_child)
    previous = sys.excepthook

    def remember(kind: Any, error: Any, trace: Any) -> None:
        global _uncaught
        _uncaught = error
        previous(kind, error, trace)

    sys.excepthook = remember


def forget(client: Endable) -> None:
    """`client` has ended."""
    with _lock:
        _live.discard(client)


def describe(error: BaseException) -> str:
    """An exception as a line: its kind and its text."""
    text = str(error)
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__


def _at_exit() -> None:
    with _lock:
        clients = list(_live)
    if not clients:
        return
    error = _uncaught
    if error is None:
        end = (True, "the program ended without finish()", 0, False)
    else:
        was_stopped = isinstance(error, KeyboardInterrupt)
        end = (False, describe(error), 130 if was_stopped else 1, was_stopped)
    for client in clients:
        client.begin_end(*end)
    deadline = time.monotonic() + EXIT_PATIENCE_SECS
    for client in clients:
        client.complete_end(max(0.1, deadline - time.monotonic()))


def _in_child() -> None:
    global _lock, _uncaught
    # The lock may be held by a thread of the parent, which is not here to give it back.
    _lock = threading.Lock()
    _uncaught = None
    for client in list(_live):
        client.abandon()
    _live.clear()
    _socket.after_fork()
