"""Where figures and jobs get their connection from. Tests put a stand-in here.

Knows nothing of what is sent.
"""

from __future__ import annotations

import atexit
from typing import Any, Callable, Dict, List, Optional

_at_exit: List[Callable[[], None]] = []


def connect(
    name: str,
    kind: str,
    config: Optional[Dict[str, Any]] = None,
    on_control: Optional[Callable[[Dict[str, Any]], None]] = None,
) -> Any:
    """A new `Client` for one run of this name and kind. It connects on its own threads; this returns at once."""
    from ._client import Client

    client = Client(name, kind=kind, config=config, on_control=on_control)
    # What stands here must run before the client's own handler, so that runs are finished in words: last in, first out.
    for handler in _at_exit:
        atexit.unregister(handler)
        atexit.register(handler)
    return client


def at_exit(handler: Callable[[], None]) -> None:
    """Has `handler` called at the end of the program, before the clients end themselves. Once, however often asked."""
    if handler not in _at_exit:
        _at_exit.append(handler)
        atexit.register(handler)
