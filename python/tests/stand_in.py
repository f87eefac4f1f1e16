"""A client that records what it is given, in place of the one that connects to a program."""

import threading
import time
from collections.abc import Sequence
from typing import Any, Callable, Optional

DEADLINE_SECS = 20.0


class StandIn:
    """The methods of `kymograph._client.Client`; all that was sent is in `frames`, as (head, arrays)."""

    made: list["StandIn"] = []

    def __init__(
        self,
        name: str,
        kind: str = "run",
        config: Optional[dict] = None,
        mode: str = "auto",
        on_control: Optional[Callable[[dict], None]] = None,
    ) -> None:
        self.name, self.kind, self.config, self.on_control = name, kind, config, on_control
        self.run_id = "0" * 32
        self.run_path = None
        self.state = "connected"
        self.frames: list[tuple[dict[str, Any], list[Any]]] = []
        self.finished: Optional[dict[str, Any]] = None
        self.seq = 0
        self._changed = threading.Condition()
        StandIn.made.append(self)

    def send(self, head: dict, arrays: Sequence = (), *, keep: bool = True, owned: bool = False) -> None:
        with self._changed:
            assert self.finished is None, f"a frame after finish: {head}"
            assert "seq" not in head
            head = dict(head)
            if keep:
                self.seq += 1
                head["seq"] = self.seq
            self.frames.append((head, list(arrays) if owned else [one[:] for one in arrays]))
            self._changed.notify_all()

    def finish(
        self, ok: bool = True, text: str = "", exit_code: int = 0, stopped: bool = False, timeout: float = 10.0
    ) -> bool:
        with self._changed:
            if self.finished is None:
                self.finished = {"ok": ok, "text": text, "exit_code": exit_code, "stopped": stopped}
                self.state = "closed"
            self._changed.notify_all()
        return True

    def flush(self, timeout: float) -> bool:
        return True

    def press(self, **frame: Any) -> None:
        """What the viewer says, on a thread like that of the real client."""
        thread = threading.Thread(target=self.on_control, args=(frame,))
        thread.start()
        thread.join(DEADLINE_SECS)
        assert not thread.is_alive(), "on_control did not come back"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The heads of the frames of this kind."""
        with self._changed:
            return [head for head, _ in self.frames if head["t"] == kind]

    def data(self, kind: str = "") -> list[tuple[dict[str, Any], list[Any]]]:
        """The frames that carry samples."""
        with self._changed:
            kinds = (kind,) if kind else ("append", "replace")
            return [frame for frame in self.frames if frame[0]["t"] in kinds]

    def lines(self, **members: Any) -> list[str]:
        """The printed lines whose frames have these members."""
        found = [head for head in self.of("text") if all(head.get(key) == value for key, value in members.items())]
        return [line for head in found for line in head["lines"]]

    def wait(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Waits until `condition()` is true, which only a frame or `finish` can make it."""
        end = time.monotonic() + DEADLINE_SECS
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                assert left > 0, f"{what or 'the condition'} did not come; frames: {[h for h, _ in self.frames][-20:]}"
                self._changed.wait(left)
            return condition()


def wait_for(condition: Callable[[], Any], what: str = "") -> Any:
    """Waits until `condition()` is true: looked at every 5 ms, until a deadline."""
    end = time.monotonic() + DEADLINE_SECS
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, what or "the condition did not come true"
        time.sleep(0.005)


def connect(name: str, kind: str, config: Any = None, on_control: Any = None) -> StandIn:
    """In place of `kymograph._link.connect`."""
    return StandIn(name, kind=kind, config=config, on_control=on_control)
