"""The magics, in a real shell of IPython."""

import contextlib
import io
import subprocess
import sys
import textwrap
import threading
import time
import types

import pytest
from stand_in import DEADLINE_SECS, StandIn, connect

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402

from kymograph import _figure, _ipython, _job, _link, _stop  # noqa: E402


@pytest.fixture(scope="module")
def shell():
    main = sys.modules["__main__"]
    one = InteractiveShell.instance()
    one.history_manager.enabled = False
    yield one
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def loaded(shell, monkeypatch):
    monkeypatch.setattr(_link, "connect", connect)


    StandIn.made.clear()
    shell.reset()
    _ipython.load_ipython_extension(shell)
    _stop.main_thread.leave_cell()
    yield
    assert _job.stop_all(5.0)
    _job._ended.clear()
    _ipython.unload_ipython_extension(shell)


def client() -> StandIn:
    return StandIn.made[-1]


def run(shell, cell):
    """Runs a cell; what it printed, and its value. An error is part of what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        result = shell.run_cell(cell)
    return out.getvalue(), result.result


def test_a_cell_runs_in_the_background(shell):
    shell.user_ns.update(go=threading.Event(), given=20)
    _, job = run(shell, "%%kymograph job --name long\nprint('begun')\ngo.wait(20)\nmade = given + 1\nmade * 2")
    assert job.name == "long" and job.running and "made" not in shell.user_ns
    client().wait(lambda: client().lines() == ["begun"])
    printed, value = run(shell, "print('cell'); given")
    assert value == 20 and printed.startswith("cell\n")
    shell.user_ns["go"].set()
    assert job.result(DEADLINE_SECS) == 42 and shell.user_ns["made"] == 21
    client().wait(lambda: client().finished)
    assert client().finished["ok"] and client().lines() == ["begun"]


def test_ipython_syntax_and_functions_of_the_cell(shell):
    _, job = run(shell, "%%kymograph job\nwhere = !echo here\ndef f(n):\n    return n and n + f(n - 1)\n(where[0], f(3))")
    assert job.result(DEADLINE_SECS) == ("here", 6)


def test_tracebacks_show_the_lines_of_the_cell(shell):
    _, job = run(shell, "%%kymograph job\na = 1\na / 0  # here")
    with pytest.raises(ZeroDivisionError):
        job.result(DEADLINE_SECS)
    client().wait(lambda: client().finished)
    assert any("a / 0  # here" in line for line in client().lines(level="error"))


def test_a_cell_in_a_process(shell):
    cell = "import os\nimport math\nfactor = 3\nunused = lambda: 1\ndef twice(x):\n    return math.floor(x) * factor"
    run(shell, cell)
    cell = "%%kymograph job --process --name other\nfactor = 5\nprint('child')\n(os.getpid(), twice(2.5), factor)"
    _, job = run(shell, cell)
    pid, value, factor = job.result(DEADLINE_SECS)
    import os

    assert pid != os.getpid() and (value, factor) == (6, 5) and shell.user_ns["factor"] == 3
    assert client().lines() == ["child"]


def test_what_a_process_cannot_have_is_named(shell):
    shell.user_ns["guard"] = threading.Lock()
    printed, value = run(shell, "%%kymograph job --process\nguard.locked()")
    assert value is None and "the cell uses 'guard', which cannot be sent" in printed


def test_errors_in_words(shell):
    cases = {
        "%kymograph fly": "has no 'fly'",
        "%kymograph job": "%%kymograph job",
        "%kymograph status now": "takes nothing more",
        "%kymograph stop nobody": "no job 'nobody' runs",
        "%kymograph stop 'x": "No closing quotation",
        "%%kymograph fly\n1": "needs `job`",
        "%%kymograph job --fast\n1": "'--fast' is not known",
        "%%kymograph job --name\n1": "wants a name",
    }
    for cell, words in cases.items():
        printed, _ = run(shell, cell)
        assert words in printed and "Traceback" not in printed, cell
    printed, value = run(shell, "%%kymograph job\ndef (:\n")
    assert "SyntaxError" in printed and value is None and StandIn.made == []


def test_status_and_stop(shell):
    assert "no jobs" in run(shell, "%kymograph status")[0]
    assert "no job runs" in run(shell, "%kymograph stop")[0]
    run(shell, "def loop(job):\n    for _ in job.track(iter(int, 1)): pass")
    shell.user_ns["job"] = job = _job.start(shell.user_ns["loop"])
    assert "loop" in run(shell, "%kymograph status")[0]
    assert "loop is asked to stop" in run(shell, "%kymograph stop loop")[0]
    assert isinstance(job.exception(DEADLINE_SECS), _job.Stopped)
    assert "stopped" in run(shell, "%kymograph status")[0]
    shell.user_ns["turning"] = turning = threading.Event()
    _, deaf = run(shell, "%%kymograph job --name deaf\nwhile True:\n    turning.set()")
    assert turning.wait(DEADLINE_SECS)
    run(shell, "%kymograph stop")
    assert "deaf is interrupted" in run(shell, "%kymograph stop")[0]
    assert isinstance(deaf.exception(DEADLINE_SECS), _job.Stopped)


def test_open_brings_windows_to_the_front(shell):
    assert "no job runs" in run(shell, "%kymograph open")[0]
    fig, _ = _figure.subplots()
    assert run(shell, "%kymograph open")[0] == ""
    assert client().of("show")
    fig.close()


def test_start_says_what_is_missing(shell, monkeypatch):
    fake = types.ModuleType("kymograph._socket")
    fake.find_program, fake.start_program = lambda: None, lambda: True
    monkeypatch.setitem(sys.modules, "kymograph._socket", fake)
    monkeypatch.setattr(sys.modules["kymograph"], "_socket", fake, raising=False)
    assert "KYMOGRAPH_BIN" in run(shell, "%kymograph start")[0]
    fake.find_program = lambda: "/bin/true"
    assert "is starting" in run(shell, "%kymograph start")[0]


def test_help(shell):
    assert _ipython.HELP in run(shell, "%kymograph")[0] and _ipython.HELP in run(shell, "%kymograph help")[0]


def test_cells_are_work_of_the_main_thread_and_idle_is_not(shell):
    shell.user_ns["is_at_work"] = _stop.main_thread.is_at_work
    assert run(shell, "is_at_work()")[1] is True
    assert not _stop.main_thread.is_at_work() and not _stop.main_thread.interrupt()
    run(shell, "1 / 0")
    assert not _stop.main_thread.is_at_work()
    shell.user_ns.update(interrupt=_stop.main_thread.interrupt, threading=threading, time=time)
    begin = time.monotonic()
    printed, _ = run(shell, "threading.Timer(0.05, interrupt).start()\ntime.sleep(20)")
    assert "KeyboardInterrupt" in printed and time.monotonic() - begin < 10
    assert not _stop.main_thread.is_at_work()


def test_loading_twice_and_unloading(shell):
    _ipython.load_ipython_extension(shell)
    assert run(shell, "%kymograph status")[0].startswith("no jobs")
    _ipython.unload_ipython_extension(shell)
    assert "not found" in run(shell, "%kymograph status")[0]
    assert shell._kymograph_cells is None


KERNEL = """
    import queue, sys, time
    from jupyter_client.manager import start_new_kernel
    manager, client = start_new_kernel(kernel_name="python3")
    def run(code):
        streams, sent = [], client.execute(code)
        while True:
            message = client.get_iopub_msg(timeout=30)
            if message["msg_type"] == "stream":
                streams.append((message["parent_header"]["msg_id"] == sent, message["content"]["text"]))
            elif message["msg_type"] == "error":
                streams.append((True, message["content"]["ename"]))
            elif message["parent_header"].get("msg_id") == sent and message["content"].get("execution_state") == "idle":
                return streams
    try:
        print(run('''
    import sys, time, threading
    sys.path[:0] = {path!r}
    from kymograph import _ipython, _job, _link
    from stand_in import StandIn, connect
    _link.connect = connect
    _ipython.load_ipython_extension(get_ipython())
    '''))
        print(run("go = threading.Event()"))
        print(run("%%kymograph job\\nprint('in the job')\\ngo.wait(20)\\nprint('still')"))
        print(run("print('one')"), run("print('two')"), run("type(sys.stdout).__name__"))
        print(run("go.set()\\nStandIn.made[0].wait(lambda: StandIn.made[0].finished)\\nprint(StandIn.made[0].lines())"))
        print(run("print(type(sys.stdout).__name__)"))
        run("%%kymograph job\\nwhile True:\\n    pass")
        begin = time.monotonic()
        manager.shutdown_kernel(now=False)
        print("down", time.monotonic() - begin)
    finally:
        manager.shutdown_kernel(now=True)
"""


def test_in_a_kernel_each_cell_keeps_its_output():
    pytest.importorskip("ipykernel")
    path = [path for path in sys.path if path]
    script = textwrap.dedent(KERNEL).format(path=path)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    loaded, event, begun, cells, ended, restored, down = done.stdout.splitlines()
    assert (loaded, event, begun) == ("[]", "[]", "[]")
    assert cells == "[(True, 'one\\n')] [(True, 'two\\n')] []"
    assert ended == repr([(True, "['in the job', 'still']\n")])
    assert restored == repr([(True, "OutStream\n")])
    assert float(down.split()[1]) < 5.0


