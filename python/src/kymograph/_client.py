"""One run's connection to its viewer: numbers the frames, keeps them until they are on disk, and comes back when cut.

`send` puts a frame into the spool and returns. Two threads do the rest: `kymograph-send` connects, writes, and where
there is no viewer in the end, records the run itself; `kymograph-read` takes what the viewer says. Neither is waited for
but by `flush` and `finish`, with a bound.
"""

import logging
import os
import platform
import secrets
import select
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Callable, Optional

from . import _exit, _socket, _wire
from ._offline import OfflineRun
from ._plain import plain_object
from ._spool import Spool
from ._waker import Waker
from ._wire import Buffer, Column, Decoder, Head, WireError

log = logging.getLogger("kymograph")

# Between attempts to connect: the first and the longest pause.
RETRY_FIRST_SECS = 0.1
RETRY_MAX_SECS = 2.0

# How often the source of samples is asked, and how often after it had nothing for a while.
SOURCE_SECS = 0.05
SOURCE_IDLE_SECS = 0.2

# How long `send` waits for the sender's thread when that is behind with writing to a file.
SEND_PATIENCE_SECS = 0.25

# How long the sender's thread waits for the reader's, which may hold a last word of the viewer.
READER_PATIENCE_SECS = 1.0

# What is handed to the kernel at once: buffers (below IOV_MAX of Linux) and bytes.
_SEND_BUFFERS = 512
_SEND_BYTES = 1 << 20

_MODES = ("auto", "offline", "disabled")

# Members of a head that the client adds must find room.
_HEAD_ROOM_BYTES = 32

# A frame without which later ones cannot be understood.
_CAN_BE_GIVEN_UP = ("append", "replace", "text")


class Client:
    """The connection of one run. All methods may be called from any thread."""

    run_id: str
    """Names the run for ever: 32 hexadecimal digits."""
    run_path: Optional[str]
    """Where the run is recorded, once that is known."""
    state: str
    """`connecting`, `connected`, `offline`, `disabled` or `closed`."""

    def __init__(
        self,
        name: str,
        kind: str = "run",
        config: Optional[dict[str, Any]] = None,
        mode: str = "auto",
        on_control: Optional[Callable[[Head], None]] = None,
        source: Optional[Callable[[bool], bool]] = None,
    ) -> None:
        """Begins a run.

        `mode` is `auto` (connect, start the program if there is none), `offline` (write a run directory) or `disabled`
        (do nothing); the variable `KYMOGRAPH_MODE` stands in place of `auto`. `kind` is `run`, `figure` or `job`.
        `on_control` is called on the reader's thread with the viewer's frames `stop`, `pause`, `resume` and `closed`; it
        must return soon. `source` is called about every 50 ms on the sender's thread to send what has gathered, and says
        whether there was anything; it is called with True, on any thread, where it must wait until all is sent. Raises
        `ValueError` for an unknown mode.
        """
        self.run_id = secrets.token_hex(16)
        self.run_path = None
        self.name = _wire.clip(str(name))
        self.config = plain_object(config or {})
        self._kind = kind
        self._on_control = on_control
        self._source = source
        self._source_due = self._source_busy = time.monotonic()
        self._mode = _mode(mode)
        self.state = {"auto": "connecting"}.get(self._mode, self._mode)
        if self._mode == "disabled":
            return

        self._lock = threading.Lock()
        self._call_lock = threading.Lock()
        self._changed = threading.Condition()
        self._seq = 0
        self._spool = Spool()
        self._reported_drops = 0
        self._series: dict[Any, Head] = {}
        # Frames that are not kept: the newest of each kind; `progress` and `state` are said again to a new viewer.
        self._passing: dict[str, list[Buffer]] = {}
        self._standing: dict[str, list[Buffer]] = {}

        self._connection: Optional[socket.socket] = None
        self._is_reading = False
        self._welcome: Optional[int] = None
        self._has_met = False
        self._refused: Optional[str] = None
        self._is_hoping = False
        self._is_hopeless = False
        self._warned: dict[str, bool] = {}
        self._offline: Optional[OfflineRun] = None

        self._is_finishing = False
        self._has_given_up = False
        self._is_complete = False
        self._is_done = threading.Event()

        self._waker = Waker()
        _exit.register(self)
        self._sender = threading.Thread(target=self._send_loop, name="kymograph-send", daemon=True)
        self._reader = threading.Thread(target=self._read_loop, name="kymograph-read", daemon=True)
        self._sender.start()
        self._reader.start()

    # What the program calls.

    def send(self, head: Head, arrays: Sequence[Any] = (), *, keep: bool = True, owned: bool = False) -> None:
        """Sends a frame of the protocol, without `seq` and `arrays`, which are added. Does no I/O.

        A frame with `keep` is numbered in the order of the calls and kept until the viewer has it on disk; of the others
        only the newest of a kind counts. `arrays` are NumPy arrays, `array.array`, `memoryview` or sequences of numbers;
        they are copied, unless `owned` says that nobody changes them any more. Long arrays and many lines go as several
        frames. Raises `WireError` (a `ValueError`) for a frame that the protocol does not have; never for a viewer that
        is not there: what finds no room any more is counted, and the viewer says so.
        """
        if self.state in ("disabled", "closed"):
            return
        columns = [_wire.column(values, owned) for values in arrays]
        pieces = []
        for piece, part in _wire.split(head, columns):
            encoded = _wire.head_bytes(_wire.with_arrays(piece, part))
            if len(encoded) > _wire.HEAD_MAX_BYTES - _HEAD_ROOM_BYTES:
                raise WireError("a head of %d bytes: %d are allowed" % (len(encoded), _wire.HEAD_MAX_BYTES))
            pieces.append((encoded, part))
        kind = str(head.get("t"))
        if not keep:
            for encoded, part in pieces:
                self._passing[kind] = _wire.frame(encoded, part)
        else:
            if kind == "series":
                self._series[head.get("id")] = dict(head)
            if threading.current_thread() is self._sender:
                self._keep(kind, pieces, 0.0)
            else:
                # The pieces of one call stay together. The sender's thread, for which others wait here, does not wait.
                with self._call_lock:
                    self._keep(kind, pieces, SEND_PATIENCE_SECS)
        self._waker.wake()

    def _keep(self, kind: str, pieces: list[tuple[bytes, list[Column]]], patience_secs: float) -> None:
        for encoded, columns in pieces:
            if patience_secs:
                self._spool.wait_for_room([column.data for column in columns], patience_secs)
            with self._lock:
                if self._is_finishing:
                    return
                self._seq += 1
                buffers = _wire.frame(_wire.numbered(encoded, self._seq), columns)
                self._spool.put(self._seq, buffers, kind not in _CAN_BE_GIVEN_UP)
                self._is_finishing = kind == "finish"

    def flush(self, timeout: float) -> bool:
        """Waits until all that was sent before is on disk, `timeout` seconds at most. Returns whether it is."""
        if self.state == "disabled":
            return True
        if self._source is not None:
            self._source(True)
        with self._lock:
            last = self._seq
        self._waker.wake()
        with self._changed:
            self._changed.wait_for(lambda: self._is_done.is_set() or self._is_on_disk(last), timeout)
        return self._is_complete if self._is_done.is_set() else self._is_on_disk(last)

    def finish(
        self,
        ok: bool = True,
        text: str = "",
        exit_code: int = 0,
        stopped: bool = False,
        timeout: float = 10.0,
    ) -> bool:
        """Ends the run: well (`ok`), or with `text` as the reason; `stopped` says that it was asked to.

        Waits `timeout` seconds at most until the viewer has all on disk. If it has not, what is missing is recorded in a
        run directory of its own, which takes the same time again at most. Returns whether all is on disk. Later calls
        do nothing and return the same.
        """
        self.begin_end(ok, text, exit_code, stopped)
        return self.complete_end(timeout)

    def set_config(self, config: dict[str, Any]) -> None:
        """Changes the settings: a viewer that comes later is told these."""
        self.config = plain_object(config)
        offline = self._offline if self._mode != "disabled" else None
        if offline is not None:
            offline.meta["config"] = self.config

    # How it ends; `_exit` calls these too.

    def begin_end(self, ok: bool, text: str, exit_code: int, stopped: bool) -> None:
        """Sends what has gathered and the frame `finish`; does not wait."""
        if self.state in ("disabled", "closed") or self._is_finishing:
            return
        if self._source is not None:
            self._source(True)
        head = {"t": "finish", "ok": ok, "exit_code": exit_code, "text": _wire.clip(text, _wire.LINE_MAX_BYTES)}
        if stopped:
            head["stopped"] = True
        self.send(head)

    def complete_end(self, timeout: float) -> bool:
        """Waits for the end as `finish` does, after `begin_end`."""
        if self.state == "disabled":
            return True
        if threading.current_thread() is self._reader:
            # Called from `on_control`: the acknowledgement would never be read. The end goes on without being waited for.
            return False
        deadline = time.monotonic() + timeout
        if not self._is_done.wait(timeout):
            self._has_given_up = True
            self._waker.wake()
            self._is_done.wait(max(1.0, timeout))
        for thread in (self._sender, self._reader):
            thread.join(max(0.5, deadline - time.monotonic()))
        _exit.forget(self)
        self.state = "closed"
        return self._is_complete

    def abandon(self) -> None:
        """In a forked child: lets go of everything. Closing does not end the parent's connection, which stays open."""
        self.state = self._mode = "disabled"
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._offline is not None:
            self._offline.abandon()
            self._offline = None
        self._spool.abandon()

    # The thread kymograph-send.

    def _send_loop(self) -> None:
        try:
            if self._mode == "auto":
                self._send_to_viewer()
            if not self._is_on_disk(self._seq) or not self._is_finishing:
                self._send_to_directory()
            else:
                self._is_complete = True
        except Exception:
            # Training goes on whatever happens here.
            log.exception("kymograph: the run %s is not shown any more", self.name)
        finally:
            with self._changed:
                self._is_done.set()
                self._changed.notify_all()
            if self.state != "closed":
                self.state = "closed"
            self._spool.close()

    def _send_to_viewer(self) -> None:
        """Until all is with the viewer, or until it will not be."""
        pause = RETRY_FIRST_SECS
        while not self._is_over():
            connection = self._connect()
            if connection is not None:
                with self._changed:
                    self._connection, self._welcome, self._is_reading = connection, None, True
                    self._changed.notify_all()
                try:
                    self._serve(connection)
                finally:
                    self._let_go(connection)
                if self._welcome is not None:
                    pause = RETRY_FIRST_SECS
                if self.state == "connected":
                    self.state = "connecting"
            is_finishing, until = self._is_finishing, time.monotonic() + pause
            while time.monotonic() < until and not self._is_over() and self._is_finishing == is_finishing:
                self._wait(until - time.monotonic())
            # A program that was just started is looked for often.
            pause = RETRY_FIRST_SECS if self._is_hoping else min(2 * pause, RETRY_MAX_SECS)

    def _connect(self) -> Optional[socket.socket]:
        # Only an attempt of the end itself may find that nobody will come any more.
        is_finishing = self._is_finishing
        self._is_hoping = False
        try:
            connection = _socket.connect(_socket.socket_path())
            self._is_hopeless = False
            return connection
        except _socket.NobodyThere:
            self._is_hoping = _socket.start_program()
            self._is_hopeless = is_finishing and not self._is_hoping
        except _socket.Busy:
            self._is_hopeless = False
        except (_socket.NotTrusted, OSError) as error:
            self._is_hopeless = is_finishing
            self._warn("kymograph: the viewer's socket is not used: %s" % error)
        return None

    def _is_over(self) -> bool:
        if self._refused is not None or self._has_given_up:
            return True
        return self._is_finishing and (self._is_hopeless or self._is_on_disk(self._seq))

    def _serve(self, connection: socket.socket) -> None:
        """Speaks with one viewer until the connection is cut or all is said."""
        out = [memoryview(one) for one in _wire.encode(self._hello())]
        poll = select.poll()
        self._waker.register(poll)
        poll.register(connection, 0)
        is_greeted = False
        while self._is_reading and not self._is_over():
            if not is_greeted and self._welcome is not None and not out:
                is_greeted = True
                self._spool.rewind(self._welcome)
                self._notify()
                for kind, buffers in self._standing.items():
                    self._passing.setdefault(kind, buffers)
            if is_greeted and not out:
                out = self._next_out()
            if not out:
                self._wait(RETRY_MAX_SECS, poll)
                continue
            try:
                count = connection.sendmsg(out[:_SEND_BUFFERS])
            except BlockingIOError:
                poll.modify(connection, select.POLLOUT)
                self._wait(RETRY_MAX_SECS, poll)
                poll.modify(connection, 0)
                continue
            except OSError:
                return
            out = _rest(out, count)
            self._turn()

    def _hello(self) -> Head:
        first = self._spool.first(self._seq + 1)
        client = "python %s kymograph %s" % (platform.python_version(), _version())
        head = {"t": "hello", "v": _wire.VERSION, "run": self.run_id, "name": self.name, "first": first}
        head.update(kind=self._kind, config=self.config, pid=os.getpid(), host=socket.gethostname(), client=client)
        if len(_wire.head_bytes(head)) > _wire.HEAD_MAX_BYTES:
            self._warn("kymograph: the settings of %s are too large to be shown" % self.name)
            head["config"] = {}
        return head

    def _next_out(self) -> list[memoryview]:
        out: list[memoryview] = []
        size = 0
        while self._passing:
            kind, buffers = self._passing.popitem()
            if kind in ("progress", "state"):
                self._standing[kind] = buffers
            out += [memoryview(one) for one in buffers]
        while size < _SEND_BYTES and len(out) < _SEND_BUFFERS:
            buffers_or_none = self._spool.next_frame()
            if buffers_or_none is None:
                break
            views = [memoryview(one) for one in buffers_or_none]
            size += sum(one.nbytes for one in views)
            out += views
        return out

    def _let_go(self, connection: socket.socket) -> None:
        """Closes a connection, after the reader has read what the viewer said last, such as why it refused."""
        with self._changed:
            if not self._is_over():
                self._changed.wait_for(lambda: not self._is_reading, READER_PATIENCE_SECS)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        with self._changed:
            is_left = self._changed.wait_for(lambda: not self._is_reading, READER_PATIENCE_SECS)
            self._connection = None
        if is_left:
            connection.close()
        # Else a callback holds the reader; it closes the connection when it comes back.

    def _send_to_directory(self) -> None:
        """Records the run here: because that was asked for, or because there is no viewer for what is left."""
        self.state = "offline"
        self._spool.rewind(1)
        last = 0
        while True:
            self._turn()
            try:
                run = self._offline or self._begin_directory()
                last = self._write_frames(run, last)
                is_end = self._is_finishing and last >= self._seq
                if run.flush(is_due=not (is_end or self._has_given_up)):
                    self._spool.ack(last)
                    self._notify()
                    if is_end or (self._is_finishing and self._is_on_disk(self._seq)):
                        run.close()
                        self._is_complete = True
                        return
                pause = SOURCE_IDLE_SECS
            except OSError as error:
                self._warn("kymograph: the run %s cannot be recorded: %s" % (self.name, error))
                if self._is_finishing:
                    return
                pause = RETRY_MAX_SECS
            if not self._is_finishing:
                self._wait(pause)

    def _begin_directory(self) -> OfflineRun:
        name = self.name + " (rest)" if self._has_met else self.name
        run = self._offline = OfflineRun(name, self._kind, self.config, self.run_id)
        self.run_path = run.run_path
        if self._mode != "offline":
            why = "refused it: %s" % self._refused if self._refused is not None else "did not take it"
            self._warn("kymograph: the viewer %s; recorded in %s" % (why, run.run_path), "recorded")
        if self._has_met:
            with self._lock:
                series = list(self._series.values())
            for head in series:
                run.write(head)
        return run

    def _write_frames(self, run: OfflineRun, last: int) -> int:
        """Hands frames to the directory while it takes them; returns the number of the last."""
        while run.waiting_bytes < _SEND_BYTES:
            buffers = self._spool.next_frame()
            if buffers is None:
                break
            frame = next(iter(Decoder().feed(b"".join(buffers))))
            last = int(frame.head["seq"])
            run.write(frame.head, frame.columns)
        return last

    def _wait(self, timeout: float, poll: Optional["select.poll"] = None) -> None:
        """Waits until there is something to do, and does the regular work."""
        if poll is None:
            poll = select.poll()
            self._waker.register(poll)
        if self._source is not None:
            timeout = min(timeout, max(0.0, self._source_due - time.monotonic()))
        poll.poll(max(0.0, timeout) * 1000)
        self._waker.clear()
        self._turn()

    def _turn(self) -> None:
        now = time.monotonic()
        if self._source is not None and now >= self._source_due:
            if self._source(False):
                self._source_busy = now
            is_idle = now - self._source_busy > 1.0
            self._source_due = now + (SOURCE_IDLE_SECS if is_idle else SOURCE_SECS)
        self._spool.settle()
        missing = self._spool.dropped - self._reported_drops
        if missing and self._spool.has_room and not self._is_finishing:
            self._reported_drops += missing
            line = "%d messages were given up: the viewer did not take them, and there was no room to keep them" % missing
            self._warn("kymograph: " + line, "dropped")
            self.send({"t": "text", "level": "warning", "pane": "control", "lines": [line]})

    # The thread kymograph-read.

    def _read_loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_reading or self._is_done.is_set())
                connection = self._connection
                if not self._is_reading or connection is None:
                    return
            try:
                self._read(connection)
            except WireError as error:
                self._warn("kymograph: the viewer does not keep to the protocol: %s" % error)
            except OSError:
                pass
            with self._changed:
                self._is_reading = False
                if self._connection is None:
                    connection.close()
                self._changed.notify_all()
            self._waker.wake()

    def _read(self, connection: socket.socket) -> None:
        decoder = Decoder(body_max=0)
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        while True:
            poll.poll()
            data = connection.recv(1 << 16)
            if not data:
                return
            for frame in decoder.feed(data):
                self._hear(frame.head)

    def _hear(self, head: Head) -> None:
        kind = head["t"]
        if kind == "ack" and type(head.get("seq")) is int:
            self._spool.ack(head["seq"])
        elif kind == "welcome" and type(head.get("next")) is int and self._welcome is None:
            path = head.get("run_path")
            self.run_path = path if isinstance(path, str) else self.run_path
            self._has_met = True
            self.state = "connected"
            self._welcome = max(1, head["next"])
        elif kind == "refused":
            self._refused = str(head.get("reason", ""))
        elif kind in ("stop", "pause", "resume", "closed") and self._on_control is not None:
            try:
                self._on_control(head)
            except Exception:
                log.exception("kymograph: the callback for %r failed", kind)
        self._notify()
        self._waker.wake()

    # What both use.

    def _is_on_disk(self, seq: int) -> bool:
        return self._spool.first(self._seq + 1) > seq

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _warn(self, text: str, key: Optional[str] = None) -> None:
        """Says something once."""
        if not self._warned.get(key or text):
            self._warned[key or text] = True
            log.warning("%s", text)


def _mode(mode: str) -> str:
    if mode not in _MODES:
        raise ValueError("mode %r: it is one of %s" % (mode, ", ".join(_MODES)))
    if mode == "auto":
        named = os.environ.get("KYMOGRAPH_MODE", "auto")
        if named in _MODES:
            return named
        log.warning("kymograph: KYMOGRAPH_MODE is %r: it is one of %s", named, ", ".join(_MODES))
    return mode


def _rest(buffers: list[memoryview], count: int) -> list[memoryview]:
    """What is left of the buffers after `count` bytes of them."""
    for index, one in enumerate(buffers):
        if count < one.nbytes:
            return [one[count:]] + buffers[index + 1 :]
        count -= one.nbytes
    return []


def _version() -> str:
    from . import __version__

    return __version__
