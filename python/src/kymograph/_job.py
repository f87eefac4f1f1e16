"""Functions that run in the background and can be watched, paused and stopped: `start`, `@job`, `Job`, `track`.

A job's function runs on a thread `kymograph-job-<name>`, or with `process=True` in a process of its own; either way it
has a window of its own. The thread is a daemon: when the program ends, its jobs are asked to stop, then interrupted, and
after two seconds given up. A program that is to see its jobs through waits for them by `result()` or `wait()`.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
import logging
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional, TypeVar, Union

from . import _control, _link, _print, _stop, _words
from ._control import Control, current_job
from ._stop import Stopped

__all__ = ["Job", "Stopped", "current_job", "job", "jobs", "start", "track"]

Item = TypeVar("Item")

EXIT_SECS = 2.0
"""How long the end of the program waits for all jobs together; half of it before they are interrupted."""
FINISH_SECS = 10.0
"""How long the thread of a job waits until all is recorded. Its result is there before."""
ENDED_KEPT = 20
"""Jobs that have ended and are still listed."""

_log = logging.getLogger("kymograph")
_running: set[Job] = set()
_ended: deque[weakref.ref[Job]] = deque(maxlen=ENDED_KEPT)
_leaving: set[threading.Thread] = set()
_lock = threading.Lock()


def start(
    fn: Callable[..., Any], *args: Any, name: Optional[str] = None, process: bool = False, **kwargs: Any
) -> Job:
    """Runs `fn(*args, **kwargs)` in the background and returns its `Job` at once.

    `name` is what the job is called (default: the name of the function). With `process` it runs in a child process with
    the same `Job` in its hand; the function, its arguments and its result must be such as can be sent (`pickle`; functions
    of a notebook can). If the function has a parameter `job` that is not given, it gets the job; anywhere within it
    `current_job()` is the job. What it prints goes to its window.
    """
    return Job(fn, args, kwargs, name=name, process=process)


def job(
    fn: Optional[Callable[..., Any]] = None, *, name: Optional[str] = None, process: bool = False
) -> Callable[..., Any]:
    """A decorator: `@job`, or `@job(name="train", process=True)`. A call of the function then starts it as a job and
    returns the `Job` at once; `function.__wrapped__` is the function itself."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Job]:
        @functools.wraps(function)
        def started(*args: Any, **kwargs: Any) -> Job:
            return Job(function, args, kwargs, name=name, process=process)

        return started

    return decorate if fn is None else decorate(fn)


def track(iterable: Iterable[Item], total: Optional[int] = None, name: Optional[str] = None) -> Iterator[Item]:
    """The items of `iterable`, watched: within a job `job.track`, else a loop of the caller's own with a window.

    In the main thread a second press of Stop interrupts the loop as Ctrl+C does. Raises `Stopped` at the item after the
    first press. `name` is what the window is called outside a job (default "track").
    """
    inside = current_job()
    if inside is not None:
        yield from inside.track(iterable, total)
        return
    loop = _Loop(name or "track")
    error: Optional[BaseException] = None
    # Loops within this one are steps of it, and have no window of their own.
    _control._current.set(loop)
    try:
        with _stop.main_is_at_work():
            yield from loop.track(iterable, total)
    except GeneratorExit:
        raise
    except BaseException as raised:
        error = raised
        raise
    finally:
        if current_job() is loop:
            _control._current.set(None)
        loop.end(error)


def jobs() -> list[Job]:
    """The jobs that run, and the last ones that have ended and are still held by somebody, in the order of their starts."""
    with _lock:
        ended = [one for one in (ref() for ref in _ended) if one is not None]
        return sorted(ended + list(_running), key=lambda one: one._started_at)


class Job(Control):
    """A function in the background. Made by `start()` and by functions under `@job`."""

    def __init__(self, fn: Callable[..., Any], args: Any, kwargs: Any, *, name: Optional[str], process: bool) -> None:
        if not callable(fn):
            raise TypeError(f"a job needs a function, not {type(fn).__name__}")
        name = _words.cut(name or getattr(fn, "__name__", None) or "job")
        this = weakref.ref(self)
        self._client = _link.connect(name, "job", on_control=lambda frame: _take(this, frame))
        super().__init__(name, self._client.send, functools.partial(_is_unseen, self._client))
        self._child: Any = None
        self._started_at = time.monotonic()
        self._ended_at: Optional[float] = None
        self._state = "running"
        self._value: Any = None
        self._error: Optional[BaseException] = None
        self._done = threading.Event()
        self._callbacks: list[Callable[[Job], Any]] = []
        self._is_interruptible = False
        self._call: Optional[Callable[[], Any]] = None
        if process:
            from ._process import Child

            try:
                self._child = Child(self, fn, args, kwargs)
            except BaseException as error:
                _link.finish_later(self._client, ok=False, text=str(error), exit_code=1)
                raise
            self._call = self._child.run
        else:
            self._call = functools.partial(fn, *args, **with_job(fn, args, kwargs, self))
        _stop.watch_running_shell()
        _link.at_exit(_stop_at_exit)
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._work,), name=f"kymograph-job-{self.name}", daemon=True
        )
        with _lock:
            _running.add(self)
        _print.install()
        try:
            self._thread.start()
        except BaseException:
            _print.uninstall()
            with _lock:
                _running.discard(self)
            raise

    def __repr__(self) -> str:
        progress = self.progress
        percent = f" {progress:.0%}" if progress is not None and self.running else ""
        wish = " stopping" if self.running and self.stopping else " paused" if self.running and self.paused else ""
        return f"<Job {self.name!r} {self._state}{percent}{wish} {self.seconds:.1f} s>"

    @property
    def running(self) -> bool:
        """Whether the function has not ended yet."""
        return not self._done.is_set()

    @property
    def state(self) -> str:
        """"running", "finished", "failed" or "stopped"."""
        return self._state

    @property
    def seconds(self) -> float:
        """How long it runs, or ran."""
        return (time.monotonic() if self._ended_at is None else self._ended_at) - self._started_at

    def stop(self) -> None:
        """Asks the job to stop, as the button in its window does. Does not wait.

        The first call asks: `stopping` is true and `track` and `check` raise `Stopped`. Each further call insists: `Stopped`
        is raised wherever the function is, which inside C code (a long NumPy call, `time.sleep`) is when that returns. A
        process is interrupted by the second call, within C code too, and killed when its grace time is over or by a third.
        """
        press = self._take_stop()
        if self._child is not None:
            self._child.ask_stop(press)
        elif press >= 2:
            self._interrupt()

    def pause(self) -> None:
        """Asks the job to stand still at its next `track` step or `check()`."""
        self._take_pause(True)
        if self._child is not None:
            self._child.ask("pause")

    def resume(self) -> None:
        """Takes `pause` back."""
        self._take_pause(False)
        if self._child is not None:
            self._child.ask("resume")

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits until the function has ended, at most `timeout` seconds (None: for ever). Says whether it has."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a job cannot wait for itself")
        return self._done.wait(timeout)

    def result(self, timeout: Optional[float] = None) -> Any:
        """What the function returned. Waits for it at most `timeout` seconds (None: for ever).

        Raises what the function raised, `Stopped` if it was stopped, `TimeoutError` if it still runs.
        """
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self._value

    def exception(self, timeout: Optional[float] = None) -> Optional[BaseException]:
        """What the function raised (`Stopped` if it was stopped), or None. Waits and raises `TimeoutError` as `result`."""
        if not self.wait(timeout):
            raise TimeoutError(f"job {self.name!r} still runs after {timeout} s")
        return self._error

    def add_done_callback(self, fn: Callable[[Job], Any]) -> None:
        """Calls `fn(job)` when the function has ended, on the job's thread, or at once if it has. What `fn` raises is
        logged."""
        with self._changed:
            if not self._done.is_set():
                self._callbacks.append(fn)
                return
        self._call_back(fn)

    def _call_back(self, fn: Callable[[Job], Any]) -> None:
        try:
            fn(self)
        except Exception:
            _log.exception("a callback of job %r failed", self.name)

    def _interrupt(self) -> None:
        with self._changed:
            ident = self._thread.ident
            if self._is_interruptible and ident is not None:
                _stop.raise_in_thread(ident, Stopped)

    def _work(self) -> None:
        """The job's thread."""
        _print.enter(self._printed)
        _control._current.set(self)
        error: Optional[BaseException] = None
        call, self._call = self._call, None
        assert call is not None
        try:
            with self._changed:
                self._is_interruptible = self._child is None
            self._value = call()
        except BaseException as raised:
            # Without the frame of this function, which is of no use to anybody.
            error = raised.with_traceback(raised.__traceback__ and raised.__traceback__.tb_next)
        self._be_left_alone()
        del call
        self._end(error)

    def _be_left_alone(self) -> None:
        """After this no press of Stop reaches the thread any more."""

        def forbid() -> None:
            self._is_interruptible = False

        _stop.be_left_alone(self._changed, forbid)

    def _end(self, error: Optional[BaseException]) -> None:
        finish = _finish_of(error, self.stopping)
        if finish["ok"] and isinstance(error, SystemExit):
            error = None
        if finish["stopped"] and isinstance(error, KeyboardInterrupt) and not isinstance(error, Stopped):
            error = Stopped().with_traceback(error.__traceback__)
        try:
            if error is not None and not finish["stopped"]:
                self._printed.say(_traceback_of(error), "error")
            self._close()
        except Exception:
            _log.exception("the last words of job %r were not sent", self.name)
        _print.uninstall()
        self._child = None
        with self._changed:
            self._error = error
            self._state = "stopped" if finish["stopped"] else "finished" if finish["ok"] else "failed"
            self._ended_at = time.monotonic()
            callbacks, self._callbacks = self._callbacks, []
            with _lock:
                _running.discard(self)
                _ended.append(weakref.ref(self))
                _leaving.add(self._thread)
            self._done.set()
        del error
        for fn in callbacks:
            self._call_back(fn)
        callbacks.clear()
        try:
            self._client.finish(timeout=FINISH_SECS, **finish)
        except Exception:
            _log.exception("the end of job %r was not recorded", self.name)
        with _lock:
            _leaving.discard(self._thread)


class _Loop(Control):
    """A loop of the caller's own thread, outside of any job, with a window."""

    def __init__(self, name: str) -> None:
        this = weakref.ref(self)
        self._client = _link.connect(_words.cut(name), "job", on_control=lambda frame: _take(this, frame))
        super().__init__(name, self._client.send)
        self._is_main = threading.current_thread() is threading.main_thread()

    def stop(self) -> None:
        """The first press asks, the next ones interrupt the main thread, if the loop runs there."""
        if self._take_stop() >= 2 and self._is_main:
            _stop.main_thread.interrupt()

    def pause(self) -> None:
        """The loop stands still before its next item."""
        self._take_pause(True)

    def resume(self) -> None:
        """It goes on."""
        self._take_pause(False)

    def end(self, error: Optional[BaseException]) -> None:
        """The loop has ended."""
        if error is not None and not self.stopping:
            self._printed.say(_traceback_of(error), "error")
        self._close()
        _link.finish_later(self._client, **_finish_of(error, self.stopping))


def with_job(fn: Callable[..., Any], args: Any, kwargs: Any, this: Control) -> Any:
    """`kwargs`, and `job` among them if the function has such a parameter and is not given it."""
    try:
        signature = inspect.signature(fn)
        parameter = signature.parameters.get("job")
        if parameter is None or parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            return kwargs
        if "job" in signature.bind_partial(*args, **kwargs).arguments:
            return kwargs
    except (TypeError, ValueError):
        # No signature, or arguments that do not fit, of which the call will tell.
        return kwargs
    return dict(kwargs, job=this)


def _take(this: weakref.ref[Any], frame: Any) -> None:
    """What the person pressed. On the reader thread of the client, which holds no job alive."""
    target = this()
    if target is None:
        return
    kind = frame.get("t")
    if kind == "stop":
        target.stop()
    elif kind == "pause":
        target.pause()
    elif kind == "resume":
        target.resume()


def _is_unseen(client: Any) -> bool:
    return client.state not in ("connecting", "connected")


def _traceback_of(error: BaseException) -> str:
    for told in (error, error.__cause__):
        # It was raised in a child process: the frames of this one say nothing.
        text: Optional[str] = getattr(told, "kymograph_traceback", None)
        if text is not None:
            return text
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _in_a_line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def _finish_of(error: Optional[BaseException], is_stopping: bool) -> Any:
    """The members of `finish` for how a function ended."""
    if error is None:
        return {"ok": True, "text": "", "exit_code": 0, "stopped": is_stopping}
    if isinstance(error, Stopped) or (is_stopping and isinstance(error, KeyboardInterrupt)):
        return {"ok": True, "text": "", "exit_code": 0, "stopped": True}
    if isinstance(error, SystemExit):
        code: Union[int, str, None] = error.code
        if code is None or code == 0:
            return {"ok": True, "text": "", "exit_code": 0, "stopped": False}
        text = code if isinstance(code, str) else f"exit status {code}"
        return {"ok": False, "text": text, "exit_code": code if isinstance(code, int) else 1, "stopped": False}
    text = getattr(error, "kymograph_traceback", None) or _in_a_line(error)
    return {"ok": False, "text": text, "exit_code": 1, "stopped": False}


def _stop_at_exit() -> None:
    stop_all()


def stop_all(timeout: float = EXIT_SECS) -> bool:
    """Stops all jobs: asks, after half of `timeout` seconds insists, and waits no longer than that. True if all ended."""
    deadline = time.monotonic() + timeout
    with _lock:
        running = list(_running)
    for insists in (False, True):
        for one in running:
            if one.running:
                one.stop()
        until = deadline if insists else deadline - timeout / 2
        for one in running:
            one._done.wait(max(0.0, until - time.monotonic()))
    for one in running:
        if one._child is not None and one.running:
            one._child.kill()
    with _lock:
        leaving = list(_leaving)
    for thread in leaving:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(one.running for one in running)
