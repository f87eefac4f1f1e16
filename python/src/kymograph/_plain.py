"""Turns values from anywhere into what a head of JSON can hold. Pure functions."""

import math
from typing import Any

from ._wire import clip

_TEXT_MAX_BYTES = 4_096
_ITEMS_MAX = 1_000
_DEPTH_MAX = 8
_INT_MAX = (1 << 63) - 1


def plain(value: Any, depth: int = 0) -> Any:
    """`value` with only objects, lists, texts, finite numbers, booleans and None in it.

    What has no such form becomes its text; texts are cut to 4,096 bytes, rows to 1,000 items, nests to eight levels.
    """
    if value is None or isinstance(value, (bool, str)):
        return clip(value, _TEXT_MAX_BYTES) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if -_INT_MAX <= value <= _INT_MAX else clip(str(value), _TEXT_MAX_BYTES)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if depth < _DEPTH_MAX:
        if isinstance(value, dict):
            return plain_object(value, depth)
        if isinstance(value, (list, tuple, set, frozenset)):
            return [plain(one, depth + 1) for one in list(value)[:_ITEMS_MAX]]
    try:
        # A number of NumPy or a tensor of one element.
        if callable(getattr(value, "item", None)) and getattr(value, "shape", None) == ():
            return plain(value.item(), _DEPTH_MAX)
        return clip(str(value), _TEXT_MAX_BYTES)
    except Exception as error:  # The value's own code failed; what it is called is all that can be said.
        return "%s (%s)" % (type(value).__name__, type(error).__name__)


def plain_object(value: Any, depth: int = 0) -> dict[str, Any]:
    """The same for a dictionary, or anything that has a row of pairs, such as `argparse.Namespace`."""
    if hasattr(value, "__dict__") and not hasattr(value, "keys"):
        value = vars(value)
    pairs = list(dict(value).items())[:_ITEMS_MAX]
    return {clip(str(key)): plain(one, depth + 1) for key, one in pairs}
