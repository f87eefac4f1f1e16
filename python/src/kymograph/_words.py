"""Texts within the limits of the protocol, and warnings that are said once.

Pure but for what was said already.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

NAME_BYTES_MAX = 4_096
"""Bytes of a name, label or title: a limit of the protocol. What is longer is cut."""

_HERE = os.path.dirname(__file__)
_said: set[str] = set()


def cut(text: Any, bytes_max: int = NAME_BYTES_MAX) -> str:
    """`text` as valid UTF-8 of at most `bytes_max` bytes; half surrogates become question marks."""
    return str(text).encode("utf-8", "replace")[:bytes_max].decode("utf-8", "ignore")


def say_once(text: str) -> None:
    """Warns with `text`, once in this process, as of the line that called this package."""
    if text in _said:
        return
    _said.add(text)
    depth, frame = 1, sys._getframe()
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename) == _HERE:
        depth, frame = depth + 1, frame.f_back
    warnings.warn(text, stacklevel=depth)


def say_unused(call: str, given: dict[str, Any], known: set[str]) -> None:
    """Says once of each option in `given` that it has no effect. Raises `TypeError` for one that is not `known`."""
    for option in given:
        if option not in known:
            raise TypeError(f"{call}() has no argument {option!r}")
        say_once(f"kymograph: {call}() takes {option!r} and does not draw it")
