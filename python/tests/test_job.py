"""Jobs on threads: what their starter and their window see; stop, pause, progress, errors."""

import asyncio
import contextlib
import gc
import io
import signal
import subprocess
import sys
import textwrap
import threading
import time
import weakref

import numpy as np
import pytest
from stand_in import DEADLINE_SECS, StandIn, connect, wait_for

from kymograph import _job, _link, _print, _stop
from kymograph._job import Stopped, current_job, job, start, track


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(_link, "connect", connect)
    StandIn.made.clear()
    before = sys.stdout, sys.stderr
    yield
    assert _job.stop_all(5.0), "a job of this test does not end"
    wait_for(lambda: not _job._leaving)
    assert (sys.stdout, sys.stderr) == before, "the streams are not restored"


def client() -> StandIn:
    return StandIn.made[-1]


def ended(one: StandIn = None) -> dict:
    one = one or client()
    one.wait(lambda: one.finished, "the end of the run")
    return one.finished


def test_a_job_hands_back_its_result():
    def add(a, b=1):
        return a + b, threading.current_thread().name, threading.current_thread().daemon

    one = start(add, 2, b=3)
    assert one.result(DEADLINE_SECS) == (5, "kymograph-job-add", True)
    assert one.exception() is None and not one.running and one.state == "finished" and one.wait()
    assert ended() == {"ok": True, "text": "", "exit_code": 0, "stopped": False}
    assert (client().kind, client().name) == ("job", "add")


def test_decorated_functions_start_jobs():
    @job
    def plain(value):
        """Says it back."""
        return value

    @job(name="named")
    def other(value):
        return value

    one, two = plain(1), other(2)
    assert (one.name, two.name) == ("plain", "named")
    assert one.result(DEADLINE_SECS) + two.result(DEADLINE_SECS) == 3
    assert plain.__wrapped__(4) == 4 and plain.__doc__ == "Says it back."
    with pytest.raises(TypeError, match="function"):
        start(3)


def test_the_function_gets_its_job():
    assert current_job() is None
    one = start(lambda job: (job, current_job()))
    assert one.result(DEADLINE_SECS) == (one, one)
    assert start(lambda job: job, 7).result(DEADLINE_SECS) == 7
    assert start(lambda job=None, **rest: job, job=8).result(DEADLINE_SECS) == 8
    assert start(lambda **rest: rest).result(DEADLINE_SECS) == {}
    assert start(max, 1, 2).result(DEADLINE_SECS) == 2


def test_what_a_function_raises_is_raised_and_shown():
    def fail():
        return 1 / 0

    one = start(fail)
    with pytest.raises(ZeroDivisionError) as raised:
        one.result(DEADLINE_SECS)
    assert raised.traceback[-1].name == "fail"
    assert one.state == "failed" and one.exception() is raised.value
    assert ended() == {"ok": False, "text": "ZeroDivisionError: division by zero", "exit_code": 1, "stopped": False}
    lines = client().lines(level="error")
    assert lines[0].startswith("Traceback") and lines[-1] == "ZeroDivisionError: division by zero"
    assert any("return 1 / 0" in line for line in lines)
    assert not any("kymograph/_job.py" in line for line in lines)


def test_sys_exit_is_an_exit_status():
    assert start(sys.exit).result(DEADLINE_SECS) is None and ended()["ok"]
    with pytest.raises(SystemExit):
        start(sys.exit, 3).result(DEADLINE_SECS)
    assert ended()["exit_code"] == 3 and not ended()["ok"]


def test_waiting_has_a_bound():
    go = threading.Event()
    one = start(go.wait)
    with pytest.raises(TimeoutError, match="still runs"):
        one.result(0.01)
    assert not one.wait(0.01) and one.running and "running" in repr(one)
    go.set()
    assert one.result(DEADLINE_SECS) is True


def test_a_job_does_not_wait_for_itself():
    one = start(lambda job: job.result())
    with pytest.raises(RuntimeError, match="itself"):
        one.result(DEADLINE_SECS)


def test_callbacks(caplog):
    go, called = threading.Event(), []
    one = start(go.wait)
    one.add_done_callback(lambda done: called.append(("early", done is one, done.running)))
    one.add_done_callback(lambda done: 1 / 0)
    go.set()
    ended()
    one.add_done_callback(lambda done: called.append(("late", done is one, done.running)))
    assert called == [("early", True, False), ("late", True, False)]
    assert "a callback of job" in caplog.text


def endless(seen, job):
    for step in job.track(iter(int, 1)):
        seen.append(step)
        time.sleep(0.001)


def test_the_first_press_stops_at_the_next_step():
    seen, cleaned = [], []

    def body(job):
        try:
            endless(seen, job)
        except Exception:
            cleaned.append("swallowed")
        finally:
            cleaned.append(job.stopping)

    one = start(body)
    wait_for(lambda: seen)
    client().press(t="stop", press=1)
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert cleaned == [True] and one.state == "stopped"
    assert ended() == {"ok": True, "text": "", "exit_code": 0, "stopped": True}
    assert client().lines(level="error") == []


def test_a_function_may_return_when_it_is_asked_to_stop():
    def body(job):
        while not job.stopping:
            time.sleep(0.001)
        return "half"

    one = start(body)
    one.stop()
    assert one.result(DEADLINE_SECS) == "half" and one.state == "stopped" and ended()["stopped"]


def test_the_second_press_interrupts_a_loop_that_does_not_look():
    turning = threading.Event()

    def deaf():
        while True:
            turning.set()

    one = start(deaf)
    assert turning.wait(DEADLINE_SECS)
    client().press(t="stop", press=1)
    assert not one.wait(0.05)
    client().press(t="stop", press=2)
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert ended()["stopped"]


def test_what_swallows_one_press_gets_the_next():
    swallowed = []

    def stubborn():
        while True:
            try:
                while True:
                    len(swallowed)
            except KeyboardInterrupt as error:
                swallowed.append(error)
                if len(swallowed) == 2:
                    return "enough"

    one = start(stubborn)
    one.stop()
    one.stop()
    wait_for(lambda: swallowed)
    one.stop()
    assert one.result(DEADLINE_SECS) == "enough" and len(swallowed) == 2


def test_frames_are_never_cut_by_a_press():
    inside, go, order = threading.Event(), threading.Event(), []

    def slow_send(head, arrays=(), **options):
        if head["t"] == "replace":
            inside.set()
            assert go.wait(DEADLINE_SECS)
            for _ in range(1000):
                pass
            order.append("sent")

    def body(job):
        job._send = slow_send
        try:
            job.plot("a", [1, 2])
            order.append("not reached")
        except KeyboardInterrupt:
            order.append("raised")
            raise

    one = start(body)
    assert inside.wait(DEADLINE_SECS)
    one.stop()
    one.stop()
    go.set()
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert order == ["sent", "raised"]


def test_a_press_at_the_end_does_no_harm():
    for delay in range(60):
        one = start(lambda: [None for _ in range(200)] and "done")
        end = time.perf_counter() + delay * 1e-5
        while time.perf_counter() < end:
            pass
        one.stop()
        one.stop()
        try:
            assert one.result(DEADLINE_SECS) == "done"
        except Stopped:
            pass
        ended()


def test_pause_and_resume():
    seen = []
    one = start(endless, seen)
    wait_for(lambda: seen)
    c = client()
    c.press(t="pause")
    c.wait(lambda: c.of("state") and c.of("state")[-1]["paused"], "that it stands")
    count = len(seen)
    assert one.paused and not one.wait(0.05) and len(seen) == count
    c.press(t="resume")
    c.wait(lambda: not c.of("state")[-1]["paused"], "that it goes on")
    wait_for(lambda: len(seen) > count)
    one.pause()
    c.wait(lambda: c.of("state")[-1]["paused"])
    one.stop()
    with pytest.raises(Stopped):
        one.result(DEADLINE_SECS)
    assert not c.of("state")[-1]["paused"]


def test_progress_is_bounded_and_complete():
    def body(job):
        begin = time.monotonic()
        for step in job.track(range(1000)):
            for _ in job.track(range(3)):
                pass
            while time.monotonic() - begin < step * 5e-4:
                pass
        return time.monotonic() - begin

    one = start(body)
    spent = one.result(DEADLINE_SECS)
    ended()
    reports = client().of("progress")
    assert (reports[-1]["done"], reports[-1]["total"]) == (1000, 1000) and one.progress == 1.0
    assert [head["done"] for head in reports] == sorted(head["done"] for head in reports)
    assert 3 <= len(reports) <= spent * 20 + 3


def test_progress_without_an_end_and_of_fractions():
    go = threading.Event()

    def body(job):
        for _ in job.track(iter([1, 2, 3])):
            pass
        assert job.progress is None
        job.report(0.25, 1.0, "a quarter")
        assert go.wait(DEADLINE_SECS)

    one = start(body)
    c = client()
    c.wait(lambda: any(head.get("text") for head in c.of("progress")), "the report")
    assert one.progress == 0.25 and "25%" in repr(one)
    go.set()
    one.result(DEADLINE_SECS)
    reports = c.of("progress")
    assert {"t": "progress", "done": 3} in reports
    assert (reports[-1]["done"], reports[-1]["total"], reports[-1]["text"]) == (250, 1000, "a quarter")


def test_track_costs_little():
    def body(job):
        begin = time.perf_counter()
        for _ in job.track(range(100_000)):
            pass
        return (time.perf_counter() - begin) / 100_000

    spent = start(body).result(DEADLINE_SECS)
    print(f"a step of track: {spent * 1e6:.2f} us")
    assert spent < 1e-4


def test_values_become_series():
    def body(job):
        for step in range(10):
            job.log({"loss": step / 2, "val": {"acc": np.float32(1)}, "note": "text"})
        job.log({"loss": 5.0}, step=100)
        job.append("curve", [1, 2], np.array([3, 4], "f4"))
        job.append("curve", 3, 5)
        job.append("count", 7.5)
        job.plot("whole", np.arange(4.0))
        job.plot("whole", [5, 6], [7, 8])

    with pytest.warns(UserWarning, match="'note' is no number"):
        start(body).result(DEADLINE_SECS)
    ended()
    names = {head["id"]: head["name"] for head in client().of("series")}
    assert sorted(names) == list(range(5)) and set(names.values()) == {"loss", "val/acc", "curve", "count", "whole"}
    got = {}
    for head, arrays in client().data():
        name = names[head["id"]]
        if head["t"] == "replace":
            got[name] = []
        y = arrays[-1]
        x = arrays[0] if len(arrays) == 2 else [head["start"] + head["step"] * index for index in range(len(y))]
        got.setdefault(name, []).extend(zip(map(float, x), map(float, y)))
    assert got["loss"] == [(step, step / 2) for step in range(10)] + [(100, 5)]
    assert got["val/acc"] == [(step, 1) for step in range(10)]
    assert got["curve"] == [(1, 3), (2, 4), (3, 5)] and got["count"] == [(0, 7.5)]
    assert got["whole"] == [(5, 7), (6, 8)]
    declared = [head["t"] for head, _ in client().frames if head["t"] in ("series", "append", "replace")]
    assert len(client().data()) < 10 and declared[0] == "series"


def test_two_jobs_and_a_cell_print_at_once(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    turn = threading.Barrier(3)

    def body(name):
        for index in range(100):
            turn.wait(DEADLINE_SECS)
            print(name, index)

    one, two = start(body, "one", name="one"), start(body, "two", name="two")
    body("cell")
    one.result(DEADLINE_SECS)
    two.result(DEADLINE_SECS)
    for c in StandIn.made:
        ended(c)
        assert c.lines(pane="worker") == [f"{c.name} {index}" for index in range(100)]
        assert all(head["time"] >= 0 for head in c.of("text"))
    assert out.getvalue() == "".join(f"cell {index}\n" for index in range(100))
    assert sys.stdout is out
    monkeypatch.undo()


def test_lines_come_while_the_job_runs_and_rest_at_its_end():
    go = threading.Event()

    def body():
        print("whole")
        print("half", end="")
        print("wrong", file=sys.stderr)
        assert go.wait(DEADLINE_SECS)

    start(body)
    c = client()
    c.wait(lambda: c.lines(pane="receiver") == ["wrong"] and c.lines(pane="worker") == ["whole"])
    go.set()
    ended()
    assert c.lines(pane="worker") == ["whole", "half"]


def test_asyncio_tasks_of_a_job_print_to_it():
    async def speak(name):
        await asyncio.sleep(0)
        print(name)

    async def both():
        await asyncio.gather(speak("a"), speak("b"))

    start(lambda: asyncio.run(both())).result(DEADLINE_SECS)
    ended()
    assert client().lines() == ["a", "b"]


def test_what_no_window_shows_is_printed_too(monkeypatch):
    def offline(*args, **options):
        one = connect(*args, **options)
        one.state = "offline"
        return one

    monkeypatch.setattr(_link, "connect", offline)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        start(print, "seen").result(DEADLINE_SECS)
    ended()
    assert out.getvalue() == "seen\n" and client().lines() == ["seen"]


def test_a_finished_job_frees_its_function():
    class Big:
        def __call__(self):
            return None

        def fail(self):
            raise ValueError("no")

    big, other = Big(), Big()
    freed, freed_too = weakref.ref(big), weakref.ref(other)
    one, two = start(big), start(other.fail)
    one.result(DEADLINE_SECS)
    assert isinstance(two.exception(DEADLINE_SECS), ValueError)
    for c in StandIn.made:
        ended(c)
    del big
    wait_for(lambda: gc.collect() and False or freed() is None, "the function is held")
    # The frames of a traceback hold what they need, until the job goes.
    this = weakref.ref(two)
    del two, other
    wait_for(lambda: gc.collect() and False or (this() is None and freed_too() is None), "the job is held")
    assert not one.running


def test_jobs_are_listed():
    go = threading.Event()
    one = start(go.wait, name="one")
    assert one in _job.jobs()
    go.set()
    ended()
    assert one in _job.jobs() and one not in _job._running


def test_a_job_that_nobody_holds_runs_on():
    go, did = threading.Event(), []
    start(lambda: go.wait(DEADLINE_SECS) and did.append(1))
    gc.collect()
    go.set()
    wait_for(lambda: did)


def test_track_outside_of_jobs():
    seen = []
    for outer in track(range(3), name="loop"):
        for inner in track(range(2)):
            seen.append((outer, inner))
        current_job().log({"a": outer})
    assert len(seen) == 6 and len(StandIn.made) == 1 and current_job() is None
    assert ended()["ok"] and client().name == "loop" and client().of("progress")[-1]["done"] == 3
    assert not _stop.main_thread.is_at_work()
    for _ in track(range(3)):
        break
    assert ended()["ok"]
    with pytest.raises(Stopped):
        for _ in track(range(3)):
            client().press(t="stop", press=1)
    assert ended()["stopped"] and not _stop.main_thread.is_at_work()


def test_the_second_press_interrupts_the_main_thread_in_track():
    assert _stop.main_thread.interrupt() is False
    handled = []
    before = signal.signal(signal.SIGINT, lambda *_: (handled.append(1), signal.default_int_handler(*_)))
    try:
        with pytest.raises(KeyboardInterrupt):
            for _ in track(range(3)):
                c = client()
                threading.Thread(target=lambda c=c: (c.press(t="stop", press=1), c.press(t="stop", press=2))).start()
                # In C code, which the signal breaks off.
                time.sleep(DEADLINE_SECS)
        assert handled == [1]
        assert not _stop.main_thread.interrupt()
    finally:
        signal.signal(signal.SIGINT, before)


def test_marked_blocks_count_in_the_main_thread_only():
    with _stop.main_is_at_work():
        assert _stop.main_thread.is_at_work()
        with _stop.main_is_at_work():
            pass
        assert _stop.main_thread.is_at_work()
    assert not _stop.main_thread.is_at_work()
    entered = []

    def elsewhere():
        with _stop.main_is_at_work():
            entered.append(_stop.main_thread.is_at_work())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert entered == [False]


def test_many_jobs_leave_nothing_behind():
    before = threading.active_count()
    all_of_them = [start(lambda job: [print(step) for step in job.track(range(20))]) for _ in range(50)]
    for one in all_of_them:
        one.result(DEADLINE_SECS)
    for c in StandIn.made:
        assert ended(c)["ok"] and len(c.lines()) == 20
    wait_for(lambda: threading.active_count() <= before + 1)
    assert _print._users == 0 and not _job._running


AT_EXIT = """
    import sys, time
    sys.path[:0] = {path!r}
    from kymograph import _job, _link
    from stand_in import connect
    def told(name, kind, **options):
        one = connect(name, kind, **options)
        finish = one.finish
        one.finish = lambda **end: (print("end", name, end["stopped"], file=sys.__stdout__, flush=True), finish(**end))
        return one
    _link.connect = told
    def polite(job):
        for _ in job.track(iter(int, 1)):
            time.sleep(0.01)
    def deaf():
        while True:
            pass
    def in_c_code():
        time.sleep(60)
    for fn in (polite, deaf, in_c_code):
        _job.start(fn)
    time.sleep(0.1)
    print("left", time.time(), flush=True)
"""


def test_the_end_of_the_program_stops_jobs_within_two_seconds():
    path = [path for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(AT_EXIT.format(path=path))], capture_output=True, text=True, timeout=30
    )
    spent = time.time() - float(done.stdout.split("left")[1].split()[0])
    print(f"a program with a deaf job and one in C code ends after {spent:.2f} s")
    assert done.returncode == 0, done.stderr
    assert "end polite True" in done.stdout and "end deaf True" in done.stdout
    assert spent < 4.0, "two seconds and the end of Python itself, on a busy machine"
