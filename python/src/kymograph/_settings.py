"""The settings and the summary of a run: dictionaries that say when they change. No I/O."""

from collections.abc import Iterator, MutableMapping
from typing import Any, Callable

from ._plain import plain_object


class Config(dict[str, Any]):
    """The settings of a run, by item and by attribute: `config["lr"]` is `config.lr`."""

    def __init__(self, values: Any = None, on_change: Callable[[dict[str, Any]], None] = lambda changed: None) -> None:
        """`values` is a dictionary or anything with attributes, such as `argparse.Namespace`.

        `on_change` is called with what was set later.
        """
        super().__init__(_pairs(values))
        object.__setattr__(self, "_on_change", on_change)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError("the settings have no %r" % name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, values: Any = None, allow_val_change: bool = True, **more: Any) -> None:  # type: ignore[override]
        """Sets several; `allow_val_change` is taken for wandb's sake: settings may always change."""
        changed = dict(_pairs(values), **more)
        super().update(changed)
        self.__dict__["_on_change"](changed)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """The setting, set to `default` if it was not there."""
        if name not in self:
            self[name] = default
        return self[name]

    def as_dict(self) -> dict[str, Any]:
        """A plain copy."""
        return dict(self)

    def __reduce__(self) -> Any:
        return Config, (dict(self),)


class Summary(MutableMapping[str, Any]):
    """The newest value of each metric, and what is set here, which goes before."""

    def __init__(self, newest: Callable[[], dict[str, Any]]) -> None:
        """`newest` returns the newest value of each metric."""
        self._newest = newest
        self.given: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.given[name] if name in self.given else self._newest()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.given[name] = value

    def __delitem__(self, name: str) -> None:
        del self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._newest(), **self.given))

    def __len__(self) -> int:
        return len(dict(self._newest(), **self.given))

    def text(self, limit: int = 20) -> str:
        """What was set here, as a line of at most so many items."""
        items = list(plain_object(self.given).items())[:limit]
        return ", ".join("%s %s" % (name, _short(value)) for name, value in items)


def _short(value: Any) -> str:
    return "%.6g" % value if isinstance(value, float) else str(value)


def _pairs(values: Any) -> dict[str, Any]:
    if values is None:
        return {}
    if not hasattr(values, "keys") and hasattr(values, "__dict__"):
        return dict(vars(values))
    return dict(values)
