"""Jobs in processes: the same as on a thread, and what only a process can do: die."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import process_functions as functions
import pytest
from stand_in import DEADLINE_SECS, StandIn, connect, wait_for

from kymograph import _job, _link, _process, _ship
from kymograph._job import Stopped, start


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(_link, "connect", connect)
    StandIn.made.clear()
    yield
    for one in _job.jobs():
        if one._child is not None:
            one._child.kill()
    assert _job.stop_all(5.0)


def client() -> StandIn:
    return StandIn.made[-1]


def ended() -> dict:
    client().wait(lambda: client().finished, "the end of the run")
    return client().finished


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_results_and_decorated_functions():
    one = start(functions.add, 2, b=3, process=True)
    two = functions.decorated(21)
    assert one.result(DEADLINE_SECS) == 5
    value, pid = two.result(DEADLINE_SECS)
    assert value == 42 and pid != os.getpid()
    assert ended()["ok"] and not is_alive(pid)


def test_the_same_in_its_hand():
    one = start(functions.speak, process=True)
    assert one.result(DEADLINE_SECS) is True
    ended()
    assert sorted(client().lines(pane="worker")) == ["from a thread", "hello"]
    assert client().lines(pane="receiver") == ["wrong"]
    names = [head["name"] for head in client().of("series")]
    assert names == ["loss", "curve", "whole"]
    assert [len(arrays[-1]) for _, arrays in client().data()] == [1, 2, 1000]
    assert client().of("progress")[-1]["done"] == 10 and one.progress == 1.0


def test_exceptions_come_home():
    with pytest.raises(ValueError, match="plain") as raised:
        start(functions.fail, "plain", process=True).result(DEADLINE_SECS)
    assert "in fail" in str(raised.value.__cause__)
    assert ended()["text"] == "ValueError: plain" and not ended()["ok"]
    lines = client().lines(level="error")
    assert lines[0].startswith("Traceback") and lines[-1] == "ValueError: plain"
    assert not any("_process.py" in line for line in lines)
    with pytest.raises(RuntimeError, match="Odd: 1 and 2"):
        start(functions.fail, "odd", process=True).result(DEADLINE_SECS)
    with pytest.raises(TypeError, match="the result of job 'fail' cannot be sent"):
        start(functions.fail, "unsendable", process=True).result(DEADLINE_SECS)


def test_what_cannot_be_sent_is_said_at_once():
    import threading

    with pytest.raises(TypeError, match="job 'add' cannot be sent to another process.*lock"):
        start(functions.add, threading.Lock(), 1, process=True)
    assert not ended()["ok"]


def test_stop_and_pause():
    one = start(functions.endless, process=True)
    c = client()
    c.wait(lambda: c.lines() == ["running"])
    c.press(t="pause")
    c.wait(lambda: c.of("state") and c.of("state")[-1]["paused"])
    c.press(t="resume")
    c.wait(lambda: not c.of("state")[-1]["paused"])
    c.press(t="stop", press=1)
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert ended() == {"ok": True, "text": "", "exit_code": 0, "stopped": True}


def test_the_second_press_breaks_off_c_code():
    one = start(functions.deaf_in_c, process=True)
    c = client()
    c.wait(lambda: c.lines() == ["running"])
    one.stop()
    assert not one.wait(0.1)
    begin = time.monotonic()
    one.stop()
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert time.monotonic() - begin < _process.GRACE_SECS and ended()["stopped"]


def test_the_grace_time_ends_with_a_kill_of_all(monkeypatch):
    monkeypatch.setattr(_process, "GRACE_SECS", 0.3)
    one = start(functions.deaf_to_all, "mark", process=True)
    c = client()
    c.wait(lambda: c.lines())
    grandchild = int(c.lines()[0].split()[1])
    child = one._child._process.pid
    assert is_alive(grandchild) and is_alive(child)
    one.stop()
    one.stop()
    c.wait(lambda: "no" in c.lines(), "that it swallows the press")
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    wait_for(lambda: not is_alive(grandchild) and not is_alive(child), "the tree is not gone")


def test_a_third_press_kills_at_once(monkeypatch):
    monkeypatch.setattr(_process, "GRACE_SECS", 600.0)
    one = start(functions.deaf_to_all, "mark", process=True)
    client().wait(lambda: client().lines())
    for _ in range(3):
        one.stop()
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)


def test_a_killed_child_is_an_error_in_words():
    with pytest.raises(_process.ProcessDied, match="job 'die' was killed by SIGKILL"):
        start(functions.die, process=True).result(DEADLINE_SECS)
    assert "SIGKILL" in ended()["text"] and client().lines(level=None) == ["last words"]
    assert client().lines(level="error") == [ended()["text"]]
    with pytest.raises(_process.ProcessDied, match="exit status 7"):
        start(functions.leave, process=True).result(DEADLINE_SECS)


def test_ctrl_c_does_not_reach_the_child():
    one = start(functions.endless, process=True)
    c = client()
    c.wait(lambda: c.lines() == ["running"])
    pid = one._child._process.pid
    assert os.getpgid(pid) == pid != os.getpgid(0)
    os.kill(pid, signal.SIGINT)
    assert not one.wait(0.2)
    one.stop()
    assert isinstance(one.exception(DEADLINE_SECS), Stopped)


ORPHAN = """
    import os, signal, sys, time
    sys.path[:0] = {path!r}
    from kymograph import _job, _link
    import process_functions
    from stand_in import StandIn, connect
    if __name__ == "__main__":
        _link.connect = connect
        one = _job.start(process_functions.deaf_in_c if {kill} else process_functions.endless, process=True)
        StandIn.made[0].wait(lambda: StandIn.made[0].lines())
        print(one._child._process.pid, flush=True)
        if {kill}:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_child_does_not_outlive_its_parent(is_killed):
    path = [path for path in sys.path if path]
    script = textwrap.dedent(ORPHAN.format(path=path, kill=is_killed))
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, timeout=60)
    pid = int(done.stdout)
    assert done.returncode == (-signal.SIGKILL if is_killed else 0)
    wait_for(lambda: not is_alive(pid), "the child lives on")


NOTEBOOK = """
    import sys
    sys.path[:0] = {path!r}
    import math
    from kymograph import _job, _link
    from stand_in import connect
    _link.connect = connect
    offset = 10
    class Point:
        def __init__(self, x):
            self.x = x
        def moved(self, by=1):
            return Point(self.x + by)
    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)
    def outer(k):
        def inner(x):
            global offset
            offset += 1
            return math.floor(k * x) + offset + deep(3), Point(1).moved(by=4)
        return inner
    value, point = _job.start(outer(2.5), 3, process=True).result(60)
    print(value, point.x, isinstance(point, Point), offset)
    print(_job.start(lambda job: job.name, process=True).result(60))
"""


def test_functions_of_a_notebook_are_sent_by_value():
    path = [path for path in sys.path if path]
    script = textwrap.dedent(NOTEBOOK.format(path=path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["21 5 True 10", "<lambda>"]


def test_what_can_be_imported_goes_by_name():
    assert _ship.loads(_ship.dumps(functions.add)) is functions.add
    assert _ship.loads(_ship.dumps(functions.decorated.__wrapped__)) is functions.decorated.__wrapped__
    assert _ship.loads(_ship.dumps([os.path, textwrap])) == [os.path, textwrap]
    assert pickle.loads(_ship.dumps({"a": 1})) == {"a": 1}
