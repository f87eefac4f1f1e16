"""A job's function in a process of its own. The frames, the result and the presses of Stop go through a pipe.

The child is started by `multiprocessing` in its spawn context and leads a process group, so that Ctrl+C and an interrupt
of a notebook do not reach it and that a kill takes its own children along. In the parent the job's thread relays; in the
child the main thread runs the function and the thread `kymograph-pipe` listens. If the parent goes, the child ends.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, Callable, Optional

from . import _control, _print, _ship, _stop, _timer

if TYPE_CHECKING:
    from ._job import Job

GRACE_SECS = 3.0
"""How long a process has from the second press of Stop until it is killed."""
LEAVE_SECS = 5.0
"""How long a process may take to end when its function has."""
ORPHAN_SECS = 2.0
"""How long a process has to end by itself when its parent is gone."""


class ProcessDied(RuntimeError):
    """The process of a job ended without a word: it was killed, or left by `os._exit`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.kymograph_traceback = text


class RemoteTraceback(Exception):
    """The traceback in the child process, as the cause of what was raised there."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.kymograph_traceback = text

    def __str__(self) -> str:
        return "\n" + self.kymograph_traceback


class Child:
    """The parent's side. Raises `TypeError` if the function or its arguments cannot be sent."""

    def __init__(self, job: Job, fn: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._name = job.name
        self._send = job._emit
        self._printed = job._printed
        self._set_progress = job._set_progress
        payload = _sent(f"job {job.name!r}", (fn, args, kwargs))
        context = multiprocessing.get_context("spawn")
        self._pipe, self._far_end = context.Pipe()
        self._lock = threading.Lock()
        self._presses = 0
        self._is_killed = False
        self._process = context.Process(
            target=_child_main, args=(self._far_end, payload, job.name), name=f"kymograph-job-{job.name}", daemon=False
        )

    def run(self) -> Any:
        """Starts the process and relays until it ends. Returns or raises what the function did."""
        # The child inherits the mask: until it leads its own group it must not be interrupted with its parent.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        if not hasattr(sys.modules["__main__"], "__spec__"):
            # `%reset` of IPython takes it away, and multiprocessing looks for it.
            sys.modules["__main__"].__spec__ = None
        with self._lock:
            self._process.start()
        self._far_end.close()
        try:
            return self._relay()
        finally:
            # Not joined yet: while the child is not reaped, its process id is nobody else's.
            multiprocessing.connection.wait([self._process.sentinel], LEAVE_SECS)
            _timer.cancel(self.kill)
            with self._lock:
                # What the child has left behind in its group goes with it.
                self._kill_group()
                self._pipe.close()
                self._process.join()
                self._process.close()

    def _relay(self) -> Any:
        while True:
            try:
                message = pickle.loads(self._pipe.recv_bytes())
            except (EOFError, OSError):
                break
            if message[0] == "end":
                return _outcome(*message[1:])
            _, head, arrays, keep = message
            if head["t"] == "progress":
                self._set_progress(head["done"], head.get("total"), head.get("text", ""))
            elif head["t"] == "text" and self._printed.is_echoed():
                stream = _print.original("stderr" if head.get("pane") == "receiver" else "stdout")
                stream.write("".join(line + "\n" for line in head["lines"]))
            self._send(head, arrays, keep=keep, owned=True)
        self._process.join(1.0)
        code = self._process.exitcode
        if self._is_killed or (self._presses >= 2 and code is not None and code < 0):
            raise _stop.Stopped()
        if code is None:
            raise ProcessDied(f"the process of job {self._name!r} closed its pipe")
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
        raise ProcessDied(f"the process of job {self._name!r} {how} before its function returned")

    def ask_stop(self, press: int) -> None:
        """The first press asks, the second interrupts and kills after the grace time, the third kills."""
        self._presses = press
        if press >= 3:
            self.kill()
            return
        self.ask("stop")
        if press == 2:
            _timer.call_later(GRACE_SECS, self.kill)

    def ask(self, what: str) -> None:
        """Sends "stop", "pause" or "resume". What has ended is not asked."""
        with self._lock:
            try:
                self._pipe.send_bytes(pickle.dumps(what))
            except (OSError, ValueError):
                pass

    def kill(self) -> None:
        """Kills the process and its group, if it still runs."""
        with self._lock:
            try:
                if self._process.is_alive():
                    self._is_killed = True
                    self._process.kill()
            except ValueError:
                # It has ended and was released.
                return
            self._kill_group()

    def _kill_group(self) -> None:
        try:
            if self._process.pid is not None:
                os.killpg(self._process.pid, signal.SIGKILL)
        except OSError:
            # It never came to lead a group, or all of it has ended.
            pass


def _sent(what: str, value: Any) -> bytes:
    try:
        return _ship.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise TypeError(f"{what} cannot be sent to another process: {error}") from error


def _outcome(is_ok: bool, data: Optional[bytes], text: str, name: str) -> Any:
    """Returns or raises what the function in the child did."""
    try:
        value = _ship.loads(data) if data is not None else None
    except Exception as error:
        raise ProcessDied(f"what job {name!r} handed back cannot be read here: {error}") from error
    if is_ok:
        return value
    if value is None:
        value = RuntimeError(text.strip().splitlines()[-1])
    value.__cause__ = RemoteTraceback(text)
    raise value


class _PipeEnd:
    """The child's side: takes frames as a client does."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._lock = threading.RLock()

    def send(self, head: Any, arrays: Any = (), *, keep: bool = True, owned: bool = False) -> None:
        """Hands a frame to the parent."""
        self.put(("send", head, list(arrays), keep))

    def put(self, message: Any) -> None:
        """Sends anything to the parent; if that is gone, does nothing."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock:
            try:
                self._pipe.send_bytes(data)
            except OSError:
                pass


def _child_main(pipe: Any, payload: bytes, name: str) -> None:
    """The child's main thread."""
    from ._job import with_job

    os.setpgid(0, 0)
    # The handler does nothing but run: what `raise_in_thread` has set is raised in it, and breaks what waits in C.
    signal.signal(signal.SIGINT, lambda *_signal: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    end = _PipeEnd(pipe)
    control = ChildJob(name, end.send)
    threading.Thread(target=_listen, args=(pipe, control), name="kymograph-pipe", daemon=True).start()
    _print.capture_process(control._printed)
    _print.install()
    _control._current.set(control)
    data: Optional[bytes] = None
    text = ""
    is_ok = False
    try:
        try:
            fn, args, kwargs = _ship.loads(payload)
            value = fn(*args, **with_job(fn, args, kwargs, control))
            is_ok = True
        finally:
            control._leave()
        data = _sent(f"the result of job {name!r}", value)
    except BaseException as error:
        is_ok = False
        trace = error.__traceback__
        text = "".join(traceback.format_exception(type(error), error, trace and trace.tb_next))
        data = _sent_error(error)
    control._close()
    end.put(("end", is_ok, data, text, name))


def _sent_error(error: BaseException) -> Optional[bytes]:
    """The exception as bytes, or None if it would not come out of them again."""
    try:
        data = _ship.dumps(error.with_traceback(None))
        _ship.loads(data)
        return data
    except Exception:
        return None


class ChildJob(_control.Control):
    """What the function has in its hand in the child: as `Job`, without what only its starter needs."""

    def __init__(self, name: str, send: Callable[..., None]) -> None:
        super().__init__(name, send)
        self._is_interruptible = True

    def stop(self) -> None:
        """A press of Stop."""
        if self._take_stop() >= 2:
            with self._changed:
                ident = threading.main_thread().ident
                if self._is_interruptible and ident is not None:
                    _stop.raise_in_thread(ident, _stop.Stopped)
                    signal.pthread_kill(ident, signal.SIGINT)

    def _leave(self) -> None:
        """The function has ended: no press of Stop reaches the main thread any more."""

        def forbid() -> None:
            self._is_interruptible = False

        _stop.be_left_alone(self._changed, forbid)


def _listen(pipe: Any, control: ChildJob) -> None:
    """The thread `kymograph-pipe`: what the parent asks."""
    while True:
        try:
            what = pickle.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            break
        if what == "stop":
            control.stop()
        else:
            control._take_pause(what == "pause")
    # The parent is gone.
    control.stop()
    control.stop()
    time.sleep(ORPHAN_SECS)
    os._exit(1)
