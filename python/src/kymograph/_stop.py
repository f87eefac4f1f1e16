"""How a person's second press of Stop reaches code that does not look for it.

A thread of a job gets an exception through `PyThreadState_SetAsyncExc`. Python raises it between two bytecodes: code that
is inside a C function (a long matrix product, `time.sleep`) gets it when that function returns, and not before.
The main thread gets SIGINT, as from Ctrl+C, but only while it is known to be at work: in a cell (IPython's hooks) or inside
a block marked by `main_is_at_work`. A notebook kernel that waits for its next cell is never interrupted.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Callable, Optional


class Stopped(KeyboardInterrupt):
    """The job was asked to stop and did. Like Ctrl+C it passes through `except Exception`."""


_lock = threading.Lock()
_shielded: dict[int, int] = {}
_held_back: dict[int, type[BaseException]] = {}


class shield:
    """`with shield():` keeps `raise_in_thread` away from this thread; what came meanwhile is raised at the end.

    For the few steps that must not be left half done, such as the sending of a frame.
    """

    def __enter__(self) -> None:
        ident = threading.get_ident()
        with _lock:
            _shielded[ident] = _shielded.get(ident, 0) + 1

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        ident = threading.get_ident()
        with _lock:
            depth = _shielded[ident] - 1
            held = None
            if depth:
                _shielded[ident] = depth
            else:
                del _shielded[ident]
                held = _held_back.pop(ident, None)
        if held is not None and kind is None:
            raise held()


def raise_in_thread(ident: int, error: type[BaseException]) -> bool:
    """Raises `error()` in the thread, as soon as it is in Python code and not shielded. False if there is no such thread.

    `error` must be a class: the exception is made in the other thread.
    """
    with _lock:
        if ident in _shielded:
            _held_back[ident] = error
            return True
        count: int = ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(error))
        return count == 1


def withdraw(ident: int) -> None:
    """Takes back what `raise_in_thread` has not raised yet."""
    with _lock:
        _held_back.pop(ident, None)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), None)


def be_left_alone(changed: AbstractContextManager[Any], forbid: Callable[[], None]) -> None:
    """The last act of work that Stop may interrupt: after it no press reaches this thread.

    `forbid` is called with `changed` held, and has to see to it that nobody calls `raise_in_thread` for it any more.
    """
    while True:
        try:
            with changed:
                forbid()
                withdraw(threading.get_ident())
            return
        except Stopped:
            # It was on its way already.
            continue


class _MainThread:
    """Whether the main thread is at work, and the way to interrupt it then."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._is_in_cell = False
        self._interrupts = 0

    def enter(self) -> bool:
        """The main thread begins work. False, and nothing happens, on another thread."""
        if threading.current_thread() is not threading.main_thread():
            return False
        with self._lock:
            self._depth += 1
        return True

    def leave(self) -> None:
        """The main thread is done with what `enter` began."""
        with self._lock:
            self._depth = max(0, self._depth - 1)
        self._take_signal()

    def enter_cell(self) -> None:
        """A cell begins."""
        if threading.current_thread() is threading.main_thread():
            self._is_in_cell = True

    def leave_cell(self) -> None:
        """The cell has ended: the kernel is idle, whatever was entered."""
        if threading.current_thread() is threading.main_thread():
            with self._lock:
                self._is_in_cell = False
                self._depth = 0
            self._take_signal()

    def _take_signal(self) -> None:
        with self._lock:
            was_interrupted = self._interrupts > 0
            self._interrupts = 0
        if was_interrupted:
            # A signal that is on its way is taken here, and not by whatever comes next.
            time.sleep(0)

    def interrupt(self) -> bool:
        """Sends SIGINT to the main thread if it is at work; says whether it was."""
        with self._lock:
            ident = threading.main_thread().ident
            if not self.is_at_work() or ident is None:
                return False
            self._interrupts += 1
            signal.pthread_kill(ident, signal.SIGINT)
            return True

    def is_at_work(self) -> bool:
        """Whether the main thread is inside a marked block or a cell."""
        return self._depth > 0 or self._is_in_cell


main_thread = _MainThread()


class main_is_at_work:
    """`with main_is_at_work():` marks a block of the main thread that Stop may interrupt. Elsewhere it does nothing."""

    def __init__(self) -> None:
        self._is_entered = False

    def __enter__(self) -> None:
        self._is_entered = main_thread.enter()

    def __exit__(self, *details: Any) -> None:
        if self._is_entered:
            self._is_entered = False
            main_thread.leave()


def watch_cells(shell: Any) -> None:
    """Marks the cells of an IPython shell as work of the main thread. Once for each shell, however often called."""
    if getattr(shell, "_kymograph_cells", None) is not None:
        return

    def before(*_info: Any) -> None:
        main_thread.enter_cell()

    def after(*_result: Any) -> None:
        main_thread.leave_cell()

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
    shell._kymograph_cells = (before, after)


def unwatch_cells(shell: Any) -> None:
    """Takes back `watch_cells`."""
    hooks = getattr(shell, "_kymograph_cells", None)
    if hooks is not None:
        shell.events.unregister("pre_run_cell", hooks[0])
        shell.events.unregister("post_run_cell", hooks[1])
        shell._kymograph_cells = None
        main_thread.leave_cell()


def watch_running_shell() -> None:
    """`watch_cells` for the IPython shell of this process, if there is one. For code that a cell calls."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None and getattr(shell, "_kymograph_cells", None) is None:
        watch_cells(shell)
        # A cell is running already: the one that calls.
        main_thread.enter_cell()


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    _shielded.clear()
    _held_back.clear()
    main_thread.__init__()  # type: ignore[misc]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
