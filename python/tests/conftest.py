"""A place of its own for each test: socket, runs, spool; and no program to be started."""

import importlib.util
import pathlib
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from fake_viewer import FakeViewer

from kymograph import _client, _exit, _run


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Every path of the package is below a temporary directory; the socket's path is short enough to be bound."""
    short = tempfile.mkdtemp(prefix="ky-")
    monkeypatch.setenv("KYMOGRAPH_SOCKET", short + "/v/viewer.sock")
    monkeypatch.setenv("KYMOGRAPH_BIN", "")
    # For the programs that tests start.
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[1] / "src"))
    monkeypatch.setenv("KYMOGRAPH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KYMOGRAPH_MODE", raising=False)
    monkeypatch.setattr(_client, "RETRY_FIRST_SECS", 0.005)
    monkeypatch.setattr(_client, "RETRY_MAX_SECS", 0.05)
    yield tmp_path
    if _run.current() is not None:
        _run.finish()
    for client in list(_exit._live):
        # Left by a test that failed; the next one shall not suffer from it.
        client.finish(timeout=0.1)
    wait_for(lambda: not [one for one in threading.enumerate() if one.name.startswith("kymograph-")])
    shutil.rmtree(short)


@pytest.fixture
def socket_path(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the viewer listens."""
    import os

    return os.environ["KYMOGRAPH_SOCKET"]


@pytest.fixture
def viewer(socket_path: str) -> Iterator[FakeViewer]:
    """A viewer that behaves."""
    fake = FakeViewer(socket_path)
    yield fake
    fake.kill()


def wait_for(is_true: Callable[[], Any], timeout: float = 20.0) -> None:
    """Waits until a condition holds; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not is_true():
        assert time.monotonic() < deadline, "waited %g s in vain" % timeout
        time.sleep(0.005)


def load_reader() -> Any:
    """The reader of runs that knows nothing of this package."""
    path = pathlib.Path(__file__).parents[1] / "read_run.py"
    spec = importlib.util.spec_from_file_location("read_run", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recorded_runs(place: pathlib.Path) -> "list[pathlib.Path]":
    """The run directories of this test, oldest first."""
    return sorted((place / "data" / "runs").glob("*"), key=lambda path: path.stat().st_mtime_ns)


def recorded(path: pathlib.Path) -> "dict[str, tuple[list[float], list[float]]]":
    """x and y of each series of a run directory; fails if anything in it is damaged."""
    names: "dict[int, str]" = {}
    series: "dict[str, tuple[list[float], list[float]]]" = {}
    for record in load_reader().records(str(path)):
        assert record["kind"] != "lost", record
        if record["kind"] == "declare":
            names[record["series"]] = record["name"]
            series.setdefault(record["name"], ([], []))
        elif record["kind"] in ("append", "replace"):
            xs, ys = series[names[record["series"]]]
            if record["kind"] == "replace":
                xs.clear()
                ys.clear()
            count = record["count"]
            xs += record["x"] if "x" in record else [record["x_start"] + i * record["x_step"] for i in range(count)]
            ys += record["y"]
    return series
