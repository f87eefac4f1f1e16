"""A viewer for tests: listens as `kymograph serve` does, keeps frames in a ledger, and misbehaves as told."""

import json
import os
import socket
import struct
import threading
import time
from typing import Any, Callable, Optional

from kymograph._wire import Column, Decoder


class Ledger:
    """What a viewer has on disk: it outlives the viewer."""

    def __init__(self) -> None:
        self.frames: list[tuple[dict[str, Any], list[Column]]] = []
        self.passing: list[dict[str, Any]] = []
        self.hellos: list[dict[str, Any]] = []
        self.repeated = 0
        self.missing = 0
        self.last = 0

    def take(self, head: dict[str, Any], columns: list[Column]) -> None:
        """Applies a frame once, as docs/protocol.md says under "Coming back"."""
        if "seq" not in head:
            (self.hellos if head["t"] == "hello" else self.passing).append(head)
            return
        if head["seq"] <= self.last:
            self.repeated += 1
            return
        self.missing += head["seq"] - self.last - 1
        self.last = head["seq"]
        self.frames.append((head, [Column(one.kind, bytes(one.data)) for one in columns]))

    def heads(self, kind: str) -> list[dict[str, Any]]:
        """The heads of one kind, in order."""
        return [head for head, _ in list(self.frames) if head["t"] == kind]

    def samples(self, name: str) -> tuple[list[float], list[float]]:
        """x and y of a series."""
        numbers = {head["id"] for head in self.heads("series") if head["name"] == name}
        xs: list[float] = []
        ys: list[float] = []
        for head, columns in list(self.frames):
            if head["t"] not in ("append", "replace") or head["id"] not in numbers:
                continue
            if head["t"] == "replace":
                xs, ys = [], []
            y = list(columns[-1].numbers())
            start, step = head.get("start", 0), head.get("step", 1)
            xs += list(columns[0].numbers()) if len(columns) == 2 else [start + step * i for i in range(len(y))]
            ys += y
        return xs, ys

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended."""
        return bool(self.heads("finish"))


class FakeViewer:
    """Listens at `path` on a thread of its own, one connection at a time."""

    def __init__(
        self,
        path: str,
        ledger: Optional[Ledger] = None,
        refuse: Optional[str] = None,
        cut_after: Optional[Callable[[], Optional[int]]] = None,
        ack_every: int = 1,
    ) -> None:
        """`cut_after` gives for each connection the bytes after which it is cut; `ack_every` frames one is acknowledged."""
        self.ledger = Ledger() if ledger is None else ledger
        self.path = path
        self.connections = 0
        self._is_stalled = threading.Event()
        self._stands = threading.Event()
        self._refuse, self._cut_after, self._ack_every = refuse, cut_after, ack_every
        self._connection: Optional[socket.socket] = None
        self._is_closed = False
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        os.chmod(path, 0o600)
        self._listener.listen(16)
        self._listener.settimeout(0.02)
        self._thread = threading.Thread(target=self._serve, name="fake-viewer", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Ends as with `kill -9`: all is closed, the socket's file stays."""
        self._is_closed = True
        self._is_stalled.clear()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def stall(self) -> None:
        """Stands still, as with `kill -STOP`; returns when it reads nothing more."""
        self._stands.clear()
        self._is_stalled.set()
        if self._connection is not None:
            assert self._stands.wait(10)

    def go_on(self) -> None:
        """Goes on after `stall`."""
        self._is_stalled.clear()

    def say(self, **head: Any) -> None:
        """Sends a frame to the client."""
        data = json.dumps(head).encode()
        self.say_raw(struct.pack("<II", len(data), 0) + data)

    def say_raw(self, data: bytes) -> None:
        """Sends bytes to the client."""
        connection = self._connection
        assert connection is not None
        connection.sendall(data)

    def _serve(self) -> None:
        while not self._is_closed:
            try:
                connection, _ = self._listener.accept()
            except socket.timeout:
                continue
            self.connections += 1
            connection.settimeout(0.02)
            self._connection = connection
            try:
                self._speak(connection)
            except OSError:
                pass
            finally:
                self._connection = None
                connection.close()
        self._listener.close()

    def _speak(self, connection: socket.socket) -> None:
        decoder = Decoder()
        budget = self._cut_after() if self._cut_after is not None else None
        said = 0
        while not self._is_closed:
            if self._is_stalled.is_set():
                self._stands.set()
                time.sleep(0.005)
                continue
            try:
                data = connection.recv(1 << 16 if budget is None else min(1 << 16, budget))
            except socket.timeout:
                continue
            if not data:
                return
            for head, columns in decoder.feed(data):
                self.ledger.take(head, columns)
                if head["t"] == "hello":
                    if self._refuse is not None:
                        self.say(t="refused", reason=self._refuse)
                        return
                    said = self.ledger.last
                    self.say(t="welcome", v=1, next=said + 1, viewer="fake 1.0", run_path="/runs/fake")
                elif self.ledger.last >= said + self._ack_every or head["t"] == "finish":
                    said = self.ledger.last
                    self.say(t="ack", seq=said)
            if budget is not None:
                budget -= len(data)
                if budget == 0:
                    return
