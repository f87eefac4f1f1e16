"""Frames that are kept until the viewer has them on disk: in memory up to a limit, then in files, then not at all.

The frames stand in one row, in the order of their numbers:

    head (memory)  ->  segments (files, only while the head is full)  ->  tail (memory, new)

`put` adds to the tail and does no I/O, so any thread may call it. `settle` moves the tail on, into the head or into a
file; `next_frame` reads in order; both belong to the sender's thread. `ack` may come from any thread. A segment is a file
of at most 64 MiB that has no name any more: it is gone when its frames are acknowledged or the process ends.
"""

import os
import struct
import tempfile
import threading
from collections import deque
from typing import NamedTuple, Optional

from ._wire import Buffer

MEMORY_MAX_BYTES = 64 << 20
FILES_MAX_BYTES = 4 << 30

# What the caller may be ahead of the sender's thread, which writes to the files.
TAIL_MAX_BYTES = 32 << 20

# Who waited for room shall find it: this is left for the head of the frame and what the sender's thread puts in between.
_TAIL_SLACK_BYTES = 2 << 20

# For frames that must not be given up (declarations, the end), beyond the other limits.
RESERVE_BYTES = 4 << 20

SEGMENT_BYTES = 64 << 20

# What a frame costs in Python's objects besides its numbers.
OVERHEAD_BYTES = 300

_RECORD = struct.Struct("<QI")

# Bytes that a search in a segment reads at once.
_SCAN_BYTES = 1 << 20


class Kept(NamedTuple):
    """A kept frame."""

    seq: int
    buffers: list[Buffer]
    cost_bytes: int


class _Segment:
    """Frames in an unlinked file: each with its number and length before it."""

    def __init__(self, directory: str) -> None:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        # Created with mode 0600 and O_EXCL; the name goes at once.
        self.handle, path = tempfile.mkstemp(prefix="spool-", dir=directory)
        os.unlink(path)
        self.size = 0
        self.last = 0

    def write(self, kept: Kept) -> None:
        """Appends a frame; raises `OSError` and stays as it was if the disk refuses."""
        length = sum(memoryview(one).nbytes for one in kept.buffers)
        pending: list[memoryview] = [memoryview(_RECORD.pack(kept.seq, length))]
        pending += [memoryview(one).cast("B") for one in kept.buffers]
        at = self.size
        while pending:
            count = os.pwritev(self.handle, pending[:64], at)
            at += count
            while pending and count >= len(pending[0]):
                count -= len(pending.pop(0))
            if count:
                pending[0] = pending[0][count:]
        self.size, self.last = at, kept.seq

    def close(self) -> None:
        """Gives its space back."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


class Spool:
    """The kept frames of one client."""

    def __init__(
        self,
        memory_bytes: Optional[int] = None,
        files_bytes: Optional[int] = None,
        directory: Optional[str] = None,
    ) -> None:
        """By default the limits are 64 MiB (`KYMOGRAPH_SPOOL_MEMORY_MB`) in memory and 4 GiB (`KYMOGRAPH_SPOOL_MB`) in
        files, and the files are in `kymograph/spool` of the user's cache directory.
        """
        self._memory_bytes = _limit("KYMOGRAPH_SPOOL_MEMORY_MB", MEMORY_MAX_BYTES, memory_bytes)
        self._files_bytes = _limit("KYMOGRAPH_SPOOL_MB", FILES_MAX_BYTES, files_bytes)
        self._directory = directory or spool_directory()
        self._lock = threading.Lock()
        self._has_room = threading.Condition(self._lock)
        self._sent: deque[Kept] = deque()
        self._head: deque[Kept] = deque()
        self._segments: deque[_Segment] = deque()
        self._tail: deque[Kept] = deque()
        self._head_bytes = 0
        self._tail_bytes = 0
        # Where `next_frame` goes on in the segments, which keep what they have sent until it is acknowledged.
        self._segment_index = 0
        self._segment_at = 0
        self._is_full = False
        self._acked = 0
        self._last_sent = 0
        self.dropped = 0

    @property
    def acked(self) -> int:
        """All frames up to this number are with the viewer, or given up."""
        return self._acked

    @property
    def memory_bytes(self) -> int:
        """What the frames in memory take."""
        with self._lock:
            return self._head_bytes + self._tail_bytes

    @property
    def files_bytes(self) -> int:
        """What the frames in files take."""
        with self._lock:
            return self._files_size()

    @property
    def has_room(self) -> bool:
        """Whether a frame of ordinary size would be kept."""
        with self._lock:
            return self._tail_bytes < TAIL_MAX_BYTES // 2 and not self._is_full

    def put(self, seq: int, buffers: list[Buffer], is_needed: bool = False) -> bool:
        """Keeps a frame. Returns False if there is no room for it: it is counted in `dropped`.

        A frame that `is_needed` is given up last.
        """
        cost = _cost(buffers)
        with self._lock:
            limit = TAIL_MAX_BYTES + (RESERVE_BYTES if is_needed else 0)
            if not self._fits(cost, limit) or (self._is_full and not is_needed):
                self.dropped += 1
                return False
            self._tail.append(Kept(seq, buffers, cost))
            self._tail_bytes += cost
            return True

    def settle(self) -> None:
        """Moves new frames on: into the head while it has room and no file is in use, else into a file.

        A disk that refuses is tried again at the next call; meanwhile the spool is full and gives new frames up.
        """
        while True:
            with self._lock:
                if not self._tail:
                    self._is_full = False
                    return
                kept = self._tail[0]
                fits = self._head_bytes == 0 or self._head_bytes + kept.cost_bytes <= self._memory_bytes
                if fits and not self._segments:
                    self._tail.popleft()
                    self._head.append(kept)
                    self._head_bytes += kept.cost_bytes
                    self._moved(kept)
                    continue
                room = self._files_bytes - self._files_size()
            if kept.cost_bytes > room or not self._write(kept):
                with self._lock:
                    self._is_full = True
                    self._has_room.notify_all()
                return
            with self._lock:
                self._tail.popleft()
                self._moved(kept)

    def _moved(self, kept: Kept) -> None:
        self._tail_bytes -= kept.cost_bytes
        self._is_full = False
        self._has_room.notify_all()

    def _write(self, kept: Kept) -> bool:
        try:
            with self._lock:
                segment = self._segments[-1] if self._segments else None
            if segment is None or segment.size >= SEGMENT_BYTES:
                segment = _Segment(self._directory)
                with self._lock:
                    self._segments.append(segment)
            # Only this thread closes segments (in `next_frame` and `close`), so the handle stays good.
            segment.write(kept)
            return True
        except OSError:
            return False

    def next_frame(self) -> Optional[list[Buffer]]:
        """The next frame to be sent; None if there is none. It stays until it is acknowledged."""
        with self._lock:
            self._drop_acked()
            while self._head:
                kept = self._head.popleft()
                self._sent.append(kept)
                self._last_sent = max(self._last_sent, kept.seq)
                return kept.buffers
            if self._segment_index >= len(self._segments):
                return None
            segment = self._segments[self._segment_index]
            size = segment.size
        while self._segment_at < size:
            seq, length = _RECORD.unpack(_read(segment.handle, self._segment_at, _RECORD.size))
            at = self._segment_at + _RECORD.size
            self._segment_at = at + length
            if seq > self._acked:
                self._last_sent = max(self._last_sent, seq)
                return [_read(segment.handle, at, length)]
        if segment.size >= SEGMENT_BYTES:
            self._segment_index += 1
            self._segment_at = 0
            return self.next_frame()
        return None

    def rewind(self, next_seq: int) -> None:
        """After a new connection: what was sent before `next_seq` is acknowledged, all else is sent again."""
        with self._lock:
            self._acked = max(self._acked, min(next_seq - 1, self._last_sent))
            self._head.extendleft(reversed(self._sent))
            self._sent.clear()
            self._segment_index = self._segment_at = 0
            self._drop_acked()

    def ack(self, seq: int) -> None:
        """Gives up all frames up to `seq`: they are on disk. What was never sent cannot be."""
        with self._lock:
            self._acked = max(self._acked, min(seq, self._last_sent))
            self._drop_sent()

    def first(self, next_seq: int) -> int:
        """The number of the oldest frame that is still here; `next_seq`, the number of the next new one, if none is."""
        with self._lock:
            self._drop_sent()
            for row in (self._sent, self._head):
                if row:
                    return row[0].seq
            if any(segment.last > self._acked for segment in self._segments):
                return self._acked + 1
            return next((kept.seq for kept in self._tail if kept.seq > self._acked), next_seq)

    def wait_for_room(self, buffers: list[Buffer], timeout_secs: float) -> None:
        """Waits while the sender's thread is behind with writing to a file; not if there is no room at all."""
        cost = _cost(buffers)
        with self._lock:
            if not self._fits(cost, TAIL_MAX_BYTES - _TAIL_SLACK_BYTES):
                limit = TAIL_MAX_BYTES - _TAIL_SLACK_BYTES
                self._has_room.wait_for(lambda: self._is_full or self._fits(cost, limit), timeout_secs)

    def _fits(self, cost: int, limit: int) -> bool:
        # One frame fits always, however large, into an empty tail.
        return self._tail_bytes == 0 or self._tail_bytes + cost <= limit

    def _drop_sent(self) -> None:
        for row in (self._sent, self._head):
            while row and row[0].seq <= self._acked:
                self._head_bytes -= row.popleft().cost_bytes

    def _drop_acked(self) -> None:
        """Frees what is acknowledged; on the sender's thread, for it closes files."""
        self._drop_sent()
        while self._tail and self._tail[0].seq <= self._acked:
            self._tail_bytes -= self._tail.popleft().cost_bytes
            self._has_room.notify_all()
        while self._segments and self._segments[0].last <= self._acked:
            self._segments.popleft().close()
            if self._segment_index > 0:
                self._segment_index -= 1
            else:
                self._segment_at = 0

    def _files_size(self) -> int:
        return sum(segment.size for segment in self._segments)

    def close(self) -> None:
        """Gives up all frames."""
        with self._lock:
            while self._segments:
                self._segments.popleft().close()
            for row in (self._sent, self._head, self._tail):
                row.clear()
            self._head_bytes = self._tail_bytes = 0
            self._has_room.notify_all()

    def abandon(self) -> None:
        """As `close`, in a forked child: without the lock, which a thread of the parent may hold for ever."""
        self._lock = threading.Lock()
        self._has_room = threading.Condition(self._lock)
        self.close()


def _cost(buffers: list[Buffer]) -> int:
    return sum(memoryview(one).nbytes for one in buffers) + OVERHEAD_BYTES


def _read(handle: int, at: int, length: int) -> bytes:
    data = os.pread(handle, length, at)
    while len(data) < length:
        more = os.pread(handle, length - len(data), at + len(data))
        if not more:
            raise OSError("a spool file is shorter than it was")
        data += more
    return data


def _limit(variable: str, default: int, given: Optional[int]) -> int:
    if given is not None:
        return given
    try:
        return max(0, int(float(os.environ[variable]) * (1 << 20)))
    except (KeyError, ValueError, OverflowError):
        return default


def spool_directory() -> str:
    """Where the files are: `kymograph/spool` in `XDG_CACHE_HOME`, else in `~/.cache`."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(cache):
        cache = os.path.expanduser("~/.cache")
    return os.path.join(cache, "kymograph", "spool")
