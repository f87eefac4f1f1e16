"""Sends functions to a child process, those of a notebook too, which `pickle` alone cannot find there.

What can be imported goes by its name. Functions and plain classes that cannot (they stand in a notebook, in another
function, or behind a decorator) go by value: their code, and of the globals what the code uses. Both processes run the same
Python, so code objects fit. `cloudpickle` does it if it is installed: it knows more kinds. Knows no job.
"""

from __future__ import annotations

import builtins
import dis
import importlib
import io
import marshal
import pickle
import sys
import types
from collections.abc import Iterator
from typing import Any, Optional

try:
    cloudpickle: Any = importlib.import_module("cloudpickle")
except ImportError:
    cloudpickle = None

# In the child: the globals that functions by value share, by the module they come from.
_globals: dict[str, dict[str, Any]] = {}
# In the child: what came by value, so that it goes back by name. The objects are held, or their ids would be used again.
_came: dict[int, tuple[Any, str, str]] = {}

_USES_GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "DELETE_GLOBAL"}
_NOT_SENT = {"__dict__", "__weakref__", "__module__", "__qualname__", "__builtins__"}


def dumps(value: Any) -> bytes:
    """`value` as bytes for `loads` in another process of this program. Raises `pickle.PicklingError`, `TypeError` or
    `AttributeError` for what cannot be sent."""
    if cloudpickle is not None and not _came:
        return bytes(cloudpickle.dumps(value))
    out = io.BytesIO()
    _Pickler(out, protocol=4).dump(value)
    return out.getvalue()


def loads(data: bytes) -> Any:
    """What `dumps` was given."""
    return pickle.loads(data)


def names_used(code: types.CodeType) -> Iterator[str]:
    """The global names that a code object reads, those within it included."""
    for step in dis.get_instructions(code):
        if step.opname in _USES_GLOBAL:
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names_used(constant)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, types.ModuleType):
            return importlib.import_module, (value.__name__,)
        if not isinstance(value, (types.FunctionType, type)):
            return NotImplemented
        if id(value) in _came:
            return _find, _came[id(value)][1:]
        module, path = value.__module__, value.__qualname__
        found = _look_up(module, path)
        if found is value and not _is_notebook(module):
            return NotImplemented
        if getattr(found, "__wrapped__", None) is value and not _is_notebook(module):
            return _find_wrapped, (module, path)
        if isinstance(value, types.FunctionType):
            return _function_by_value(value)
        if type(value) is type and (found is value or "<locals>" in path):
            return _class_by_value(value)
        return NotImplemented


def _is_notebook(module: Optional[str]) -> bool:
    """Whether a child process cannot import the module: it is a notebook, a prompt or `python -c`."""
    return module == "__main__" and getattr(sys.modules["__main__"], "__file__", None) is None


def _look_up(module: Optional[str], path: str) -> Any:
    found: Any = sys.modules.get(module or "")
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


def _find(module: str, path: str) -> Any:
    importlib.import_module(module)
    return _look_up(module, path)


def _find_wrapped(module: str, path: str) -> Any:
    return _find(module, path).__wrapped__


def _function_by_value(fn: types.FunctionType) -> tuple[Any, ...]:
    code, given = fn.__code__, fn.__globals__
    cells = fn.__closure__ or ()
    state = {
        "globals": {name: given[name] for name in sorted(set(names_used(code))) if name in given},
        "cells": {index: cell.cell_contents for index, cell in enumerate(cells) if _is_filled(cell)},
        "attributes": {
            "__defaults__": fn.__defaults__,
            "__kwdefaults__": fn.__kwdefaults__,
            "__doc__": fn.__doc__,
            "__dict__": dict(fn.__dict__),
        },
    }
    start = (marshal.dumps(code), fn.__module__ or "", fn.__qualname__, fn.__name__, len(cells))
    return _start_function, start, state, None, None, _fill_function


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _start_function(code: bytes, module: str, path: str, name: str, cell_count: int) -> types.FunctionType:
    given = _globals.setdefault(module, {"__builtins__": builtins, "__name__": module})
    cells = tuple(types.CellType() for _ in range(cell_count))
    fn = types.FunctionType(marshal.loads(code), given, name, None, cells)
    fn.__qualname__ = path
    _came[id(fn)] = (fn, module, path)
    return fn


def _fill_function(fn: types.FunctionType, state: dict[str, Any]) -> None:
    fn.__globals__.update(state["globals"])
    for index, value in state["cells"].items():
        assert fn.__closure__ is not None
        fn.__closure__[index].cell_contents = value
    for name, value in state["attributes"].items():
        setattr(fn, name, value)


def _class_by_value(kind: type) -> tuple[Any, ...]:
    members = {name: value for name, value in vars(kind).items() if name not in _NOT_SENT}
    members = {name: value for name, value in members.items() if not isinstance(value, types.GetSetDescriptorType)}
    start = (kind.__name__, kind.__bases__, kind.__module__, kind.__qualname__)
    return _start_class, start, members, None, None, _fill_class


def _start_class(name: str, bases: tuple[type, ...], module: str, path: str) -> type:
    kind = type(name, bases, {"__module__": module, "__qualname__": path})
    _came[id(kind)] = (kind, module, path)
    return kind


def _fill_class(kind: type, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(kind, name, value)
