"""Wakes a thread that waits in `poll`."""

import os
import select


class Waker:
    """A pipe whose reading end one thread polls. `wake` may be called from any thread and never blocks."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._is_awake = False

    def register(self, poll: "select.poll") -> None:
        """Lets `poll` return when `wake` is called."""
        poll.register(self._read, select.POLLIN)

    def wake(self) -> None:
        """Wakes the thread, or keeps it from falling asleep the next time."""
        if self._is_awake:
            return
        self._is_awake = True
        try:
            os.write(self._write, b"w")
        except OSError:
            # Full of wake-ups that are not taken yet, or closed in a forked child.
            pass

    def clear(self) -> None:
        """To be called by the thread after it woke and before it looks for work: what comes later wakes again."""
        self._is_awake = False
        try:
            os.read(self._read, 4096)
        except BlockingIOError:
            pass

    def __del__(self) -> None:
        # Not sooner: a thread that is about to write must not meet another file of the same number.
        for handle in (self._read, self._write):
            os.close(handle)
