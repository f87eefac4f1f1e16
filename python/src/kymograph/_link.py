"""Where figures and jobs get their connection from. Tests put a stand-in here.

Knows nothing of what is sent.
"""

from __future__ import annotations

import atexit
import threading
import time
from typing import Any, Callable, Optional

FINISH_SECS = 10.0
"""How long a run that has ended is waited for, on a thread of its own, until all is recorded."""
EXIT_SECS = 2.0
"""How long the end of the program waits for those threads; after it the clients have their own bound."""

_finishing: set[threading.Thread] = set()
_at_exit: list[Callable[[], None]] = []


def connect(
    name: str,
    kind: str,
    config: Optional[dict[str, Any]] = None,
    on_control: Optional[Callable[[dict[str, Any]], None]] = None,
) -> Any:
    """A new `Client` for one run of this name and kind. It connects on its own threads; this returns at once."""
    from ._client import Client

    client = Client(name, kind=kind, config=config, on_control=on_control)
    # What stands here must run before the client's own handler, so that runs are finished in words: last in, first out.
    for handler in _at_exit:
        atexit.unregister(handler)
        atexit.register(handler)
    return client


def finish_later(client: Any, **end: Any) -> None:
    """`client.finish(**end)` on a thread `kymograph-finish`, so that the caller does not wait for the viewer."""

    def finish() -> None:
        try:
            client.finish(timeout=FINISH_SECS, **end)
        finally:
            _finishing.discard(threading.current_thread())

    thread = threading.Thread(target=finish, name="kymograph-finish", daemon=True)
    _finishing.add(thread)
    at_exit(_join_finishing)
    thread.start()


def _join_finishing() -> None:
    deadline = time.monotonic() + EXIT_SECS
    for thread in list(_finishing):
        thread.join(max(0.0, deadline - time.monotonic()))


def at_exit(handler: Callable[[], None]) -> None:
    """Has `handler` called at the end of the program, before the clients end themselves. Once, however often asked."""
    if handler not in _at_exit:
        _at_exit.append(handler)
        atexit.register(handler)
