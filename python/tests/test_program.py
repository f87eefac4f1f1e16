"""The client with the real program: what is logged, drawn and printed is in the recorded run, whatever happens between.

The program is the one that KYMOGRAPH_TEST_BIN names; `cargo nextest run --test python` sets it.
"""

import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import numpy
import pytest
from conftest import load_reader, wait_for

import kymograph
from kymograph import _socket

PROGRAM = os.environ.get("KYMOGRAPH_TEST_BIN", "")

pytestmark = pytest.mark.skipif(not PROGRAM, reason="KYMOGRAPH_TEST_BIN names no program")


@pytest.fixture(autouse=True)
def program(monkeypatch, place):
    """The client starts the real program; its processes are gone at the end."""
    monkeypatch.setenv("KYMOGRAPH_BIN", PROGRAM)
    # The program wants the directory of a socket that it is told to be there.
    _socket._starter.last = None
    folder = pathlib.Path(os.environ["KYMOGRAPH_SOCKET"]).parent.parent
    monkeypatch.setenv("KYMOGRAPH_SOCKET", str(folder / "viewer.sock"))
    yield
    for pid in processes():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    wait_for(lambda: not processes())


def processes(command=None):
    """The program's processes of this test: those with its socket in their environment."""
    mark = ("KYMOGRAPH_SOCKET=" + os.environ["KYMOGRAPH_SOCKET"]).encode()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            argv = (entry / "cmdline").read_bytes().split(b"\0")
            if mark not in (entry / "environ").read_bytes().split(b"\0"):
                continue
        except OSError:
            continue
        if argv[0] == PROGRAM.encode() and (command is None or command.encode() in argv):
            found.append(int(entry.name))
    return found


def runs():
    """The recorded runs as the program lists them."""
    listed = subprocess.run([PROGRAM, "ls", "--json"], capture_output=True, text=True, check=True, timeout=20)
    return json.loads(listed.stdout)


def records(run):
    """The records of a listed run; none may be lost."""
    found = list(load_reader().records(run["path"]))
    assert not [record for record in found if record["kind"] == "lost"]
    return found


def ys(run, series=0):
    """The y values of a series, in order."""
    values = []
    for record in records(run):
        if record["kind"] in ("append", "replace") and record["series"] == series:
            if record["kind"] == "replace":
                values.clear()
            values.extend(record["y"])
    return values


def only_run(state="finished"):
    wait_for(lambda: len(runs()) == 1 and runs()[0]["state"] == state)
    return runs()[0]


def test_what_is_logged_is_recorded():
    with kymograph.init(project="demo", name="training") as run:
        for step in range(2000):
            run.log({"loss": step, "acc": -step})
        wait_for(lambda: run.dir != os.getcwd())
        place = run.dir
    found = only_run()
    assert found["path"] == place
    assert (found["name"], found["client_run"]) == ("demo/training", run._client.run_id)
    assert ys(found) == list(range(2000))


def test_client_stall_and_kill_lose_nothing_and_double_nothing():
    run = kymograph.init(name="hard times")
    wait_for(lambda: processes("client"))
    step = 0
    for blow in (signal.SIGSTOP, signal.SIGKILL, signal.SIGKILL):
        before = time.monotonic()
        while time.monotonic() - before < 0.5:
            run.log({"n": step})
            step += 1
            time.sleep(0.0005)
        for pid in processes("client"):
            os.kill(pid, blow)
        if blow == signal.SIGSTOP:
            stalled = time.monotonic()
            for _ in range(10_000):
                run.log({"n": step})
                step += 1
            assert time.monotonic() - stalled < 5, "training waits for nobody"
            for pid in processes("client"):
                os.kill(pid, signal.SIGCONT)
        else:
            wait_for(lambda: processes("client"))
    run.finish()
    assert ys(only_run()) == list(range(step))


def test_a_figure_is_recorded_as_it_was_drawn():
    figure, axes = kymograph.subplots(1, 2, title="both")
    x = numpy.linspace(0, 1, 1000)
    (line,) = axes[0].plot(x, x**2, color="red", label="square")
    (other,) = axes[1].plot([1, 2, 3], label="steps")
    axes[1].set_yscale("log")
    axes[1].set_ylabel("count")
    line.set_data(numpy.arange(2000), numpy.zeros(2000))
    other.append(3, 4)
    figure.close()
    found = only_run()
    layout = [record for record in records(found) if record["kind"] == "layout"][-1]
    assert (layout["title"], layout["rows"], layout["columns"]) == ("both", 1, 2)
    assert layout["subplots"][1]["y"] == {"label": "count", "is_log": True, "limits": None}
    assert layout["places"] == [{"series": 1, "subplot": 1}]
    names = {record["series"]: (record["name"], record["color"]) for record in records(found) if record["kind"] == "declare"}
    assert names[0] == ("square", "#ff0000") and names[1][0] == "steps"
    assert ys(found, 1) == [1, 2, 3, 4]


def test_ten_million_points_do_not_hold_the_caller():
    figure, axis = kymograph.subplots()
    (line,) = axis.plot([])
    x, y = numpy.arange(10_000_000.0), numpy.zeros(10_000_000)
    before = time.monotonic()
    line.set_data(x, y)
    assert time.monotonic() - before < 2
    figure.close()
    assert only_run()["samples"] == 10_000_000


def test_a_job_prints_into_its_run_and_the_caller_goes_on():
    went_on = threading.Event()

    @kymograph.job
    def count(job):
        for number in job.track(range(5)):
            print("number", number)
            job.log({"n": number})
        assert went_on.wait(20)
        return "counted"

    job = count()
    went_on.set()
    assert job.result(20) == "counted"
    found = only_run()
    lines = [record["text"] for record in records(found) if record["kind"] == "line" and record["pane"] == "Worker"]
    assert [line for line in lines if line.startswith("number")] == ["number %d" % number for number in range(5)]
    assert ys(found) == [0, 1, 2, 3, 4]


def test_a_job_that_fails_says_why():
    def fail():
        raise ValueError("no more paper")

    job = kymograph.start(fail, name="printer")
    with pytest.raises(ValueError, match="no more paper"):
        job.result(20)
    found = only_run("failed")
    assert "no more paper" in found["text"]
    assert any("Traceback" in record["text"] for record in records(found) if record["kind"] == "line")
