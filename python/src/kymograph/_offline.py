"""Writes a run directory as the program does (docs/run-format.md), for programs that run where no viewer is.

One thread at a time may use an `OfflineRun`. It takes the frames of the protocol, so that a client hands the same frames
to a viewer or to a directory. The layout of a figure has no place in a log and is passed over.
"""

import array
import datetime
import fcntl
import json
import os
import secrets
import socket
import struct
import sys
import time
from collections.abc import Sequence
from typing import Any, Optional

from ._crc import crc32c, masked
from ._wire import Buffer, Column, Head

FORMAT_VERSION = 1
LOG_NAME = "log.tfrecord"
META_NAME = "meta.json"
NAME_CHARS = 40

# What waits is written at the latest after this time, or when it has this size.
FLUSH_SECS = 0.2
FLUSH_BYTES = 256 << 10

# How often what is written is brought to the disk itself.
SYNC_SECS = 1.0

_DIRECTORY_ATTEMPTS = 16

# Fields of the payload.
_HEADER, _DECLARE, _APPEND, _REPLACE, _LINE, _PROGRESS = 4, 5, 6, 7, 8, 9
_FINISHED, _FAILED, _END, _LAYOUT = 13, 14, 16, 17

_PANES = {"control": 0, "worker": 1, "receiver": 2}
_LEVELS = {"info": 0, "warning": 1, "error": 2}
_ENDS = {"finished": 1, "failed": 2, "stopped": 3}


def data_directory() -> str:
    """The program's directory for data: `KYMOGRAPH_DATA_DIR`, else `kymograph` in `XDG_DATA_HOME` or `~/.local/share`."""
    named = os.environ.get("KYMOGRAPH_DATA_DIR")
    if named:
        return os.path.abspath(named)
    shared = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(shared):
        shared = os.path.expanduser("~/.local/share")
    return os.path.join(shared, "kymograph")


def safe_name(name: str) -> str:
    """A name reduced to what may stand in the name of a directory; `run` if nothing is left."""
    safe = ""
    for char in name:
        if not (char.isalnum() or char in "_."):
            char = "-"
        if char in "-." and (not safe or safe[-1] in "-."):
            continue
        safe += char
        if len(safe) == NAME_CHARS:
            break
    return safe.rstrip("-.") or "run"


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    """A field of a whole number; zero is left out, as proto3 does."""
    return _varint(field << 3) + _varint(value) if value else b""


def _optional(field: int, value: Optional[int]) -> bytes:
    return b"" if value is None else _varint(field << 3) + _varint(value)


def _fixed(field: int, value: int) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<q", value) if value else b""


def _double(field: int, value: Optional[float]) -> bytes:
    return b"" if value is None else _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value if value else b""


def _message(field: int, value: bytes) -> bytes:
    """A field of a message, even an empty one."""
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _axis(subplot: "dict[str, Any]", name: str) -> bytes:
    """One axis of a subplot in a frame `layout`."""
    low, high = subplot.get(name + "_limits") or (None, None)
    if low is not None and high is not None and high < low:
        low, high = high, low
    is_log = int(subplot.get(name + "_scale") == "log")
    return _text(1, subplot.get(name + "_label") or "") + _number(2, is_log) + _double(3, low) + _double(4, high)


def _text(field: int, value: Any) -> bytes:
    return _bytes(field, str(value).encode("utf-8", "replace"))


def _zigzag(value: int) -> int:
    # An exit status has 32 bits.
    value = max(-(1 << 31), min((1 << 31) - 1, value))
    return value << 1 if value >= 0 else (-value << 1) - 1


def _color(value: Any) -> Optional[int]:
    """`"#rrggbb"` as a number; None for all else."""
    if not isinstance(value, str) or len(value) != 7 or value[0] != "#":
        return None
    try:
        return int(value[1:], 16)
    except ValueError:
        return None


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="milliseconds")


class OfflineRun:
    """A run directory that is being written."""

    def __init__(
        self,
        name: str,
        kind: str = "run",
        config: Optional[dict[str, Any]] = None,
        run_id: Optional[str] = None,
        runs: Optional[str] = None,
    ) -> None:
        """Makes a directory of its own in `runs` (by default that of the data directory) and begins the log.

        `name` is text from anywhere; `config` goes into `meta.json`; the id in the directory's name is the beginning of
        `run_id`, 32 hexadecimal digits. Raises `OSError` if the place is not writable or full.
        """
        from . import __version__

        self.run_path, short_id = _make_directory(runs or os.path.join(data_directory(), "runs"), name, run_id)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._log = os.open(os.path.join(self.run_path, LOG_NAME), flags, 0o600)
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # A file system without locks: the run is recorded, but nobody can tell whether it is live.
            pass
        self._begun = self._flushed = self._synced = time.monotonic()
        self._buffers: list[Buffer] = []
        # Bytes that `flush` would write.
        self.waiting_bytes = 0
        self._written_bytes = 0
        self._is_dirty = False
        self._seq = 0
        self._samples = 0
        self._is_ended = False
        # The last frame `layout`, and the subplots of series that are not in the first; None for removed ones.
        self._layout: Head = {}
        self._places: dict[int, Optional[int]] = {}
        version = "python " + __version__
        self.meta: dict[str, Any] = {
            "id": short_id,
            "name": name,
            "kind": "client",
            "client_kind": kind,
            "command": list(getattr(sys, "orig_argv", sys.argv)),
            "cwd": _working_directory(),
            "host": socket.gethostname(),
            "user": os.environ.get("USER", ""),
            "pid": os.getpid(),
            "start": _now(),
            "end": None,
            "state": "running",
            "exit_code": None,
            "text": "",
            "samples": None,
            "log_bytes": None,
            "format_version": FORMAT_VERSION,
            "program_version": version,
            "client_run": run_id,
            "config": config or {},
        }
        self._write_meta()
        header = _number(1, FORMAT_VERSION) + _text(2, short_id) + _text(3, name)
        self._record(_HEADER, header + _fixed(4, time.time_ns()) + _text(5, version))
        self.flush()

    def write(self, head: Head, columns: Sequence[Column] = ()) -> None:
        """Takes a frame of the protocol. It is on its way to the file after `flush`; raises `OSError` as that does."""
        kind = head.get("t")
        if kind in ("append", "replace"):
            self._write_samples(head, columns, _APPEND if kind == "append" else _REPLACE)
        elif kind == "series":
            body = _number(1, head["id"]) + _text(2, head.get("name", "")) + _text(3, head.get("x_label", ""))
            body += _number(4, int(bool(head.get("x_is_time")))) + _optional(5, _color(head.get("color")))
            number, subplot = head["id"], head.get("subplot", 0)
            was_removed = self._places.get(number, 0) is None
            if was_removed:
                # Another series under the number of one that is gone.
                self._record(_REPLACE, _number(1, number) + _double(4, 0.0) + _double(5, 1.0))
            self._record(_DECLARE, body)
            if subplot or number in self._places:
                self._places[number] = subplot
                self._write_layout()
        elif kind == "text":
            pane = _PANES.get(head.get("pane", "worker"), 1)
            level = _LEVELS.get(head.get("level", "info"), 0)
            secs = float(head.get("time", time.monotonic() - self._begun))
            for line in head.get("lines", ()):
                self._record(_LINE, _number(1, pane) + _number(2, level) + _double(3, secs) + _text(4, line))
        elif kind == "progress":
            self._record(_PROGRESS, _number(2, max(0, int(head.get("done", 0)))) + _optional(3, head.get("total")))
        elif kind == "layout":
            self._layout = head
            self._write_layout()
        elif kind == "remove":
            self._places[head["id"]] = None
            self._write_layout()
        elif kind == "finish":
            self._finish(head)
        if self.waiting_bytes >= FLUSH_BYTES:
            self.flush()

    def _write_layout(self) -> None:
        """Describes the figure anew, as the last frame `layout` and the places of series have it."""
        rows, columns = int(self._layout.get("rows", 1)), int(self._layout.get("cols", 1))
        # Series may have been placed before the subplots were described.
        last = max((place for place in self._places.values() if place is not None), default=0)
        body = _text(1, self._layout.get("title") or "") + _number(2, max(rows, last // columns + 1)) + _number(3, columns)
        for subplot in self._layout.get("subplots") or ():
            axes = b"".join(_message(field, _axis(subplot, name)) for field, name in ((2, "x"), (3, "y")))
            hides = _number(4, int(subplot.get("legend") is False))
            body += _message(4, _text(1, subplot.get("title") or "") + axes + hides)
        for number, place in self._places.items():
            body += _message(5, _number(1, number) + _optional(2, place))
        self._record(_LAYOUT, body)

    def _write_samples(self, head: Head, columns: Sequence[Column], field: int) -> None:
        if not columns or any(one.length != columns[0].length for one in columns):
            return
        data = b"".join(_as_f8(one) for one in columns)
        count = columns[0].length
        body = _number(1, head["id"]) + _fixed(2, time.time_ns()) + _number(3, count)
        if len(columns) == 1:
            body += _double(4, float(head.get("start", 0))) + _double(5, float(head.get("step", 1)))
        if field == _REPLACE:
            body += _optional(6, _color(head.get("color")))
        self._samples += count
        self._record(field, body, data)

    def _record(self, field: int, body: bytes, data: bytes = b"") -> None:
        """Frames a record. Payloads begin and end at multiples of eight bytes; the numbers `data` are their end."""
        if data:
            body += _varint(15 << 3 | 2) + _varint(len(data))
        before = _number(1, self._seq) + _number(2, max(0, int((time.monotonic() - self._begun) * 1e9)))
        key = _varint(field << 3 | 2) + _varint(len(body) + len(data))
        # The first payload is four bytes longer than that, which shifts the others into place.
        wanted = 4 if self._seq == 0 else 0
        pad = (wanted - len(before) - len(key) - len(body) - len(data)) % 8
        if pad == 1:
            pad = 9
        if pad:
            before += b"\x1a" + bytes([pad - 2]) + bytes(pad - 2)
        start = before + key + body
        length = struct.pack("<Q", len(start) + len(data))
        crc = crc32c(data, crc32c(start))
        self._buffers.append(length + struct.pack("<I", masked(crc32c(length))) + start)
        if data:
            self._buffers.append(data)
        self._buffers.append(struct.pack("<I", masked(crc)))
        self.waiting_bytes += 16 + len(start) + len(data)
        self._seq += 1

    def flush(self, is_due: bool = False) -> bool:
        """Writes what waits: from then on it survives the end of the program. Syncs once a second.

        With `is_due`, only if 200 ms have passed since the last time. Returns whether nothing waits any more. Raises
        `OSError` if the disk refuses; what is not written stays, and the next call goes on at the same byte.
        """
        now = time.monotonic()
        if self._buffers and not (is_due and now - self._flushed < FLUSH_SECS and self.waiting_bytes < FLUSH_BYTES):
            data = b"".join(self._buffers)
            done = 0
            try:
                while done < len(data):
                    done += os.pwrite(self._log, memoryview(data)[done:], self._written_bytes + done)
            finally:
                self._written_bytes += done
                self.waiting_bytes -= done
                self._buffers = [data[done:]] if done < len(data) else []
            self._flushed = now
            self._is_dirty = True
        if self._is_dirty and now - self._synced >= SYNC_SECS:
            os.fdatasync(self._log)
            self._synced, self._is_dirty = now, False
        return not self._buffers

    def _finish(self, head: Head) -> None:
        if self._is_ended:
            return
        self._is_ended = True
        was_stopped, text = bool(head.get("stopped")), str(head.get("text", ""))
        code = int(head.get("exit_code", 0))
        state = "stopped" if was_stopped else "finished" if head.get("ok", True) else "failed"
        result = _text(1, text) + _number(2, _zigzag(code))
        if state == "failed":
            self._record(_FAILED, result)
        else:
            self._record(_FINISHED, result + _number(3, int(was_stopped)))
        self._record(_END, _number(1, _ENDS[state]) + _optional(2, _zigzag(code)) + _text(3, text))
        self.flush()
        self.meta.update(state=state, exit_code=code, text=text, end=_now())
        self.meta.update(samples=self._samples, log_bytes=self._written_bytes)
        self._write_meta()

    def close(self) -> None:
        """Writes what waits and gives the lock back. A run without its `finish` is then one that was interrupted."""
        if self._log < 0:
            return
        try:
            self.flush()
            os.fdatasync(self._log)
        finally:
            os.close(self._log)
            self._log = -1

    def abandon(self) -> None:
        """In a forked child: closes the log without writing to it. The lock stays with the parent."""
        self._buffers = []
        if self._log >= 0:
            os.close(self._log)
            self._log = -1

    def _write_meta(self) -> None:
        path = os.path.join(self.run_path, META_NAME)
        aside = path + ".tmp"
        with open(aside, "w", encoding="utf-8", errors="replace", opener=_private) as file:
            json.dump(self.meta, file, indent=2, ensure_ascii=False, default=str)
            file.write("\n")
            file.flush()
            # Before the move, lest a loss of power leave the name with an empty file.
            os.fsync(file.fileno())
        os.replace(aside, path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _make_directory(runs: str, name: str, run_id: Optional[str]) -> "tuple[str, str]":
    os.makedirs(runs, mode=0o700, exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H-%M-%S")
    short_id = (run_id or secrets.token_hex(4))[:8]
    for attempt in range(_DIRECTORY_ATTEMPTS):
        path = os.path.join(runs, "%s-%s-%s" % (stamp, safe_name(name), short_id))
        try:
            os.mkdir(path, 0o700)
            return path, short_id
        except FileExistsError:
            if attempt == _DIRECTORY_ATTEMPTS - 1:
                raise
            short_id = secrets.token_hex(4)
    raise AssertionError("the last attempt returns or raises")


def _as_f8(column: Column) -> bytes:
    if column.kind == "f8":
        return bytes(column.data)
    numbers = array.array("d", column.numbers())
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
