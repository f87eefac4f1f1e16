"""The client against viewers that cut, stall, refuse, talk nonsense, are killed and come back."""

import logging
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy
import pytest
from conftest import load_reader, recorded, recorded_runs, wait_for
from fake_viewer import FakeViewer, Ledger

from kymograph import _client
from kymograph._client import Client
from kymograph._wire import WireError, encode


def declare(client, number=0, name="y"):
    client.send({"t": "series", "id": number, "name": name, "x_label": "step"})


def append(client, index, count=1, number=0):
    client.send({"t": "append", "id": number}, [[float(index + i) for i in range(count)], [2.0 * index] * count])


def check_ledger(ledger, count):
    """Nothing lost, nothing twice, in order."""
    assert ledger.missing == 0
    assert [head["seq"] for head, _ in ledger.frames] == list(range(1, len(ledger.frames) + 1))
    assert ledger.samples("y")[0] == [float(index) for index in range(count)]


def test_frames_arrive_in_order_and_are_acknowledged(viewer):
    client = Client("greeting", "figure", {"lr": 0.5, "nan": float("nan")})
    declare(client)
    for index in range(100):
        append(client, index)
    assert client.flush(10)
    assert (client.state, client.run_path) == ("connected", "/runs/fake")
    assert client.finish(text="good")
    assert client.state == "closed"
    check_ledger(viewer.ledger, 100)
    (hello,) = viewer.ledger.hellos
    assert (hello["v"], hello["run"], hello["name"], hello["first"]) == (1, client.run_id, "greeting", 1)
    assert (hello["kind"], hello["config"], hello["pid"]) == ("figure", {"lr": 0.5, "nan": "nan"}, os.getpid())
    assert viewer.ledger.frames[-1][0] == {"seq": 102, "t": "finish", "ok": True, "exit_code": 0, "text": "good"}
    client.send({"t": "text", "lines": ["too late"]})
    assert client.finish()


def test_contents_are_taken_before_send_returns(viewer):
    viewer.stall()
    client = Client("copies")
    declare(client)
    head, xs, ys = {"t": "append", "id": 0}, numpy.arange(3.0), numpy.zeros(3)
    client.send(head, [xs, ys])
    xs[:], ys[:] = 9, 9
    head["id"] = 5
    viewer.go_on()
    assert client.finish()
    assert viewer.ledger.samples("y") == ([0, 1, 2], [0, 0, 0])


def test_sends_of_many_threads_are_numbered_without_a_gap(viewer):
    client = Client("threads")
    for number in range(4):
        declare(client, number, "y%d" % number)

    def work(number):
        for index in range(200):
            append(client, index, number=number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert client.finish()
    assert [head["seq"] for head, _ in viewer.ledger.frames] == list(range(1, 806))
    for number in range(4):
        assert viewer.ledger.samples("y%d" % number)[0] == list(range(200))


def test_several_clients_of_a_process(socket_path):
    # The fake viewer speaks with one at a time: the second waits for the first to end.
    viewer = FakeViewer(socket_path)
    clients = [Client("one"), Client("two")]
    wait_for(lambda: [one for one in clients if one.state == "connected"])
    clients.sort(key=lambda one: one.state != "connected")
    assert clients[0].finish()
    assert clients[1].finish()
    assert sorted(hello["name"] for hello in viewer.ledger.hellos) == ["one", "two"]
    viewer.kill()


def test_frames_that_are_not_kept_count_only_as_the_newest(viewer):
    viewer.stall()
    client = Client("passing", "job")
    for done in range(100):
        client.send({"t": "progress", "done": done}, keep=False)
    client.send({"t": "show"}, keep=False)
    viewer.go_on()
    wait_for(lambda: len(viewer.ledger.passing) == 2)
    assert sorted((head["t"], head.get("done")) for head in viewer.ledger.passing) == [("progress", 99), ("show", None)]
    assert all("seq" not in head for head in viewer.ledger.passing)
    # A viewer that comes later is told how far it is, and is not brought to the front again.
    viewer.say_raw(b"")
    again = viewer.ledger.passing
    again.clear()
    viewer._connection.shutdown(2)
    wait_for(lambda: again)
    assert client.finish()
    assert [(head["t"], head.get("done")) for head in again] == [("progress", 99)]


def test_client_cut_at_every_byte_of_a_frame(socket_path):
    client = Client("cut")
    probe = {"t": "append", "id": 0, "seq": 2}
    frame = len(b"".join(encode(probe, [[0.0] * 3, [0.0] * 3])))
    ledger = Ledger()
    cuts = iter(range(1, frame + 140))
    hello_bytes = 0

    def cut_after():
        cut = next(cuts, None)
        return None if cut is None else hello_bytes + cut

    declare(client)
    for index in range(0, 60, 3):
        append(client, index, 3)
    hello_bytes = len(b"".join(encode(client._hello())))
    viewer = FakeViewer(socket_path, ledger, cut_after=cut_after, ack_every=7)
    assert client.finish(timeout=60)
    viewer.kill()
    check_ledger(ledger, 60)
    assert len(ledger.hellos) > 20


@pytest.mark.parametrize("seed", range(5))
def test_viewer_killed_at_random_loses_and_repeats_nothing(socket_path, seed):
    chance = random.Random(seed)
    ledger = Ledger()
    client = Client("killed")
    declare(client)
    is_done = threading.Event()

    def work():
        for index in range(3_000):
            append(client, index)
            if index % 50 == 0:
                time.sleep(0.005)
        is_done.set()

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(5):
        budget = chance.randrange(1, 40_000)
        viewer = FakeViewer(socket_path, ledger, cut_after=lambda: budget, ack_every=chance.randrange(1, 20))  # noqa: B023
        wait_for(lambda: viewer.connections > 1 or ledger.last >= 3_001)  # noqa: B023
        viewer.kill()
    assert is_done.wait(20)
    worker.join()
    viewer = FakeViewer(socket_path, ledger)
    assert client.finish()
    viewer.kill()
    check_ledger(ledger, 3_000)
    assert ledger.is_finished


def test_viewer_killed_without_its_disk_gets_what_was_not_acknowledged(socket_path):
    first = FakeViewer(socket_path, ack_every=1_000)
    client = Client("lost")
    declare(client)
    for index in range(50):
        append(client, index)
    wait_for(lambda: first.ledger.last == 51)
    first.kill()
    second = FakeViewer(socket_path)
    assert client.finish()
    check_ledger(second.ledger, 50)
    second.kill()


def test_client_stall_holds_up_nobody_and_loses_nothing(viewer, monkeypatch, place):
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MEMORY_MB", "1")
    client = Client("stall")
    declare(client)
    append(client, 0)
    assert client.flush(10)
    viewer.stall()
    slowest = 0.0
    for index in range(1, 401):
        before = time.monotonic()
        append(client, 1_000 * (index - 1) + 1, 1_000)
        slowest = max(slowest, time.monotonic() - before)
    wait_for(lambda: client._spool.files_bytes > 4 << 20)
    assert client._spool.memory_bytes < (1 << 20) + (1 << 20)
    assert slowest < 0.5
    assert not client.flush(0.05)
    viewer.go_on()
    assert client.finish(timeout=30)
    check_ledger(viewer.ledger, 400_001)
    assert list((place / "cache" / "kymograph" / "spool").iterdir()) == []


def test_what_is_given_up_is_counted_and_said(viewer, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MEMORY_MB", "0.1")
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MB", "0.1")
    client = Client("full")
    declare(client)
    assert client.flush(10)
    viewer.stall()
    # More than the kernel's buffers of the socket and both limits together; not more than what `send` may put down
    # while the sender's thread looks elsewhere.
    for index in range(60):
        append(client, index * 1_000, 1_000)
        wait_for(lambda: client._spool._is_full or not client._spool._tail)
    dropped = client._spool.dropped
    assert dropped > 0
    viewer.go_on()
    wait_for(lambda: viewer.ledger.heads("text"))
    assert client.finish()
    (text,) = viewer.ledger.heads("text")
    assert text["lines"][0].startswith("%d messages were given up" % dropped)
    assert viewer.ledger.missing == dropped
    assert viewer.ledger.is_finished


def test_a_burst_of_large_arrays_goes_to_the_file_and_not_away(viewer, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MEMORY_MB", "8")
    client = Client("burst")
    declare(client)
    assert client.flush(10)
    viewer.stall()
    numbers = numpy.arange(3_000_000.0)
    for _ in range(6):
        client.send({"t": "replace", "id": 0}, [numbers])
    assert client._spool.dropped == 0
    viewer.go_on()
    assert client.finish(timeout=30)
    assert viewer.ledger.missing == 0
    assert viewer.ledger.samples("y")[1] == list(numbers)


def test_refused_is_said_and_the_run_is_recorded_all_the_same(socket_path, place, caplog):
    viewer = FakeViewer(socket_path, refuse="too many runs")
    client = Client("refused")
    declare(client)
    for index in range(10):
        append(client, index)
    wait_for(lambda: client.state == "offline" and client.run_path)
    append(client, 10)
    assert client.finish()
    viewer.kill()
    assert viewer.connections == 1
    assert "refused it: too many runs" in caplog.text
    (path,) = recorded_runs(place)
    assert recorded(path)["y"][0] == list(range(11))
    assert load_reader().summary(str(path))["end"]["state"] == "finished"


def test_a_run_that_nobody_looks_at_is_recorded(place):
    client = Client("alone", config={"lr": 1})
    declare(client)
    for index in range(10):
        append(client, index)
    assert client.state == "connecting"
    before = time.monotonic()
    assert client.finish(ok=False, text="why", exit_code=3)
    assert time.monotonic() - before < 1
    (path,) = recorded_runs(place)
    assert client.run_path == str(path)
    assert recorded(path)["y"][0] == list(range(10))
    end = load_reader().summary(str(path))["end"]
    assert (end["state"], end["text"], end["exit_code"]) == ("failed", "why", 3)


def test_what_a_viewer_did_not_take_in_time_is_recorded(viewer, place):
    client = Client("slow")
    declare(client)
    append(client, 0)
    assert client.flush(10)
    viewer.stall()
    for index in range(1, 20):
        append(client, index)
    assert client.finish(timeout=0.3)
    (path,) = recorded_runs(place)
    assert recorded(path)["y"][0] == list(range(1, 20))
    assert "slow-rest" in path.name


def test_offline_writes_a_run_directory(place, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "offline")
    client = Client("offline", config={"lr": 1})
    declare(client)
    append(client, 0, 1_000)
    assert client.flush(10)
    (path,) = recorded_runs(place)
    assert (client.state, client.run_path) == ("offline", str(path))
    # On disk before the end: this is what a kill would leave.
    assert recorded(path)["y"][0] == list(range(1_000))
    client.send({"t": "replace", "id": 0}, [numpy.arange(300_000.0)])
    assert client.finish()
    assert len(recorded(path)["y"][0]) == 300_000


def test_offline_says_when_the_place_is_not_writable(place, monkeypatch, caplog):
    (place / "data").write_text("a file in its place")
    client = Client("nowhere", mode="offline")
    declare(client)
    wait_for(lambda: "cannot be recorded" in caplog.text)
    (place / "data").unlink()
    assert client.finish()
    assert len(recorded_runs(place)) == 1


def test_disabled_does_nothing(viewer, monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_MODE", "disabled")
    before = threading.active_count()
    client = Client("disabled")
    declare(client)
    assert client.flush(0) and client.finish()
    assert threading.active_count() == before
    assert viewer.connections == 0
    with pytest.raises(ValueError, match="mode"):
        Client("x", mode="loud")


def test_what_is_no_frame_is_refused_at_the_call(viewer):
    client = Client("wrong")
    for head, arrays in [({"t": "layout", "title": float("nan")}, []), ({"t": "append", "id": 0}, [["a"]])]:
        with pytest.raises(WireError):
            client.send(head, arrays)
    with pytest.raises(WireError, match="head of"):
        client.send({"t": "layout", "title": "x" * (1 << 20)})
    declare(client)
    assert client.finish()
    assert [head["seq"] for head, _ in viewer.ledger.frames] == [1, 2]


def test_controls_reach_the_callback_on_the_reader_thread(viewer):
    heard = []

    def on_control(head):
        heard.append((head["t"], threading.current_thread().name))
        raise RuntimeError("the callback's own fault")

    client = Client("controls", on_control=on_control)
    wait_for(lambda: client.state == "connected")
    for kind in ("stop", "pause", "resume", "closed", "something-new"):
        viewer.say(t=kind, press=1)
    wait_for(lambda: len(heard) == 4)
    assert heard == [(kind, "kymograph-read") for kind in ("stop", "pause", "resume", "closed")]
    declare(client)
    assert client.finish()


def test_finish_from_the_callback_does_not_hold_itself_up(viewer):
    results = []
    client = Client("finish", on_control=lambda head: results.append(client.finish(stopped=True)))
    wait_for(lambda: client.state == "connected")
    viewer.say(t="stop", press=1)
    wait_for(lambda: viewer.ledger.is_finished)
    assert results == [False]
    assert client.finish()
    assert viewer.ledger.heads("finish")[0]["stopped"] is True


@pytest.mark.parametrize("garbage", [b"\xff" * 64, b"\x02\0\0\0\x01\0\0\0{}x", b"\x02\0\0\0\0\0\0\0[]"])
def test_client_garbage_from_the_viewer_cuts_the_connection_only(viewer, garbage):
    client = Client("garbage")
    declare(client)
    assert client.flush(10)
    viewer.say_raw(garbage)
    wait_for(lambda: viewer.connections == 2)
    append(client, 0)
    assert client.finish()
    check_ledger(viewer.ledger, 1)


@pytest.mark.parametrize("answer", [{"t": "ack", "seq": 1 << 60}, {"t": "ack", "seq": "x"}, {"t": "welcome", "next": 99}])
def test_answers_that_make_no_sense_do_no_harm(viewer, answer):
    client = Client("answers")
    declare(client)
    assert client.flush(10)
    viewer.say(**answer)
    append(client, 0)
    assert client.finish()
    check_ledger(viewer.ledger, 1)


def test_client_other_user_is_not_spoken_to(viewer, socket_path, place, caplog):
    os.chmod(os.path.dirname(socket_path), 0o755)
    client = Client("foreign")
    declare(client)
    wait_for(lambda: "has mode 0755" in caplog.text)
    assert client.finish()
    assert viewer.connections == 0
    assert len(recorded_runs(place)) == 1
    assert caplog.text.count("has mode 0755") == 1


def test_client_fork_leaves_the_parent_unharmed(viewer):
    client = Client("fork")
    declare(client)
    append(client, 0)
    assert client.flush(10)
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                append(client, 99)
                client.finish()
                status = 0 if client.state == "disabled" else 2
            finally:
                os._exit(status)
        children.append(child)
        append(client, len(children))
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    append(client, 4)
    assert client.finish()
    check_ledger(viewer.ledger, 5)
    assert viewer.connections == 1


def test_client_fork_can_have_a_run_of_its_own(socket_path):
    viewer = FakeViewer(socket_path)
    client = Client("parent")
    assert client.finish()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            own = Client("child")
            declare(own)
            status = 0 if own.finish() else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [hello["name"] for hello in viewer.ledger.hellos] == ["parent", "child"]
    viewer.kill()


def test_threads_are_named_and_gone_after_the_end(viewer):
    handles = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        client = Client("census")
        names = {thread.name for thread in threading.enumerate()}
        assert {"kymograph-send", "kymograph-read"} <= names
        declare(client)
        assert client.finish()
        assert not client._sender.is_alive() and not client._reader.is_alive()
        del client
    wait_for(lambda: viewer._connection is None)
    assert len(os.listdir("/proc/self/fd")) <= handles + 1


def run_script(script, *, env=None, expect=0):
    """Runs a script in an interpreter of its own; returns the seconds that it took after its last line, and its output."""
    script = textwrap.dedent(script) + "\nimport time; print(time.monotonic(), flush=True)\n"
    done = subprocess.run(
        [sys.executable, "-c", script], env=dict(os.environ, **(env or {})), capture_output=True, text=True, timeout=60
    )
    after = time.monotonic()
    assert done.returncode == expect, done.stderr
    line = done.stdout.splitlines()[-1] if done.stdout else ""
    return (after - float(line) if expect == 0 else 0.0), done.stderr


LOGS = """
    import kymograph
    run = kymograph.init(name="exits")
    for index in range(1000):
        run.log({"y": index})
"""


def test_exit_without_finish_and_with_nobody_there_is_quick_and_keeps_all(place):
    bare, _ = run_script("import kymograph")
    secs, _ = run_script(LOGS)
    assert secs < bare + 1
    (path,) = recorded_runs(place)
    assert recorded(path)["y"][1] == list(range(1000))
    end = load_reader().summary(str(path))["end"]
    assert (end["state"], end["text"]) == ("finished", "the program ended without finish()")


def test_exit_without_finish_hands_all_to_the_viewer(viewer, place):
    run_script(LOGS)
    assert viewer.ledger.samples("y")[1] == list(range(1000))
    assert viewer.ledger.heads("finish")[0]["ok"] is True
    assert recorded_runs(place) == []


def test_exit_by_an_exception_says_which(viewer):
    _, error = run_script(LOGS + "\n    raise ValueError('no more data')\n", expect=1)
    assert "Traceback" in error
    (finish,) = viewer.ledger.heads("finish")
    assert (finish["ok"], finish["text"], finish["exit_code"]) == (False, "ValueError: no more data", 1)


def test_exit_with_a_stalled_viewer_is_bounded(viewer, place):
    viewer.stall()
    secs, _ = run_script(LOGS)
    assert 4 < secs < 8
    (path,) = recorded_runs(place)
    assert recorded(path)["y"][1] == list(range(1000))


def test_exit_of_workers_of_multiprocessing(viewer):
    script = """
        import multiprocessing, sys
        import kymograph

        def work(pair):
            run, index = pair
            run.log({"worker": index})
            kymograph.run is None or kymograph.log({"worker": index})
            return run.disabled

        if __name__ == "__main__":
            run = kymograph.init(name="pool")
            run.log({"y": 0})
            for method in ("fork", "spawn"):
                context = multiprocessing.get_context(method)
                with context.Pool(2) as pool:
                    assert pool.map(work, [(run, 1), (run, 2)]) == [True, True]
            run.log({"y": 1})
            run.finish()
    """
    path = os.path.join(os.environ["KYMOGRAPH_DATA_DIR"] + "-script.py")
    with open(path, "w") as file:
        file.write(textwrap.dedent(script))
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert viewer.ledger.samples("y")[1] == [0, 1]
    assert viewer.ledger.samples("worker") == ([], [])
    assert len(viewer.ledger.hellos) == 1


def test_a_started_program_is_waited_for_and_outlives_the_client(place, monkeypatch, socket_path):
    """The program is this test's own: a fake viewer in a process that starts slowly."""
    out = place / "ledger.json"
    script = place / "serve.py"
    script.write_text(
        textwrap.dedent(
            """
            import json, os, sys, time
            sys.path.insert(0, %r)
            from fake_viewer import FakeViewer
            assert sys.argv[1] == "serve"
            time.sleep(0.5)
            viewer = FakeViewer(os.environ["KYMOGRAPH_SOCKET"])
            deadline = time.monotonic() + 20
            while not viewer.ledger.is_finished and time.monotonic() < deadline:
                time.sleep(0.01)
            with open(%r, "w") as file:
                json.dump([viewer.ledger.samples("y")[1], os.getsid(0) == os.getpid()], file)
            os.rename(%r, %r)
            """
        )
        % (os.path.dirname(__file__), str(out) + ".tmp", str(out) + ".tmp", str(out))
    )
    program = place / "kymograph"
    program.write_text('#!/bin/sh\nexec %s %s "$@"\n' % (sys.executable, script))
    program.chmod(0o700)
    run_script(LOGS, env={"KYMOGRAPH_BIN": str(program)})
    wait_for(out.exists)
    import json

    assert json.loads(out.read_text()) == [list(range(1000)), True]
    assert recorded_runs(place) == []


def test_keyboard_interrupt_ends_as_stopped(viewer):
    argv = [sys.executable, "-c", textwrap.dedent(LOGS) + "\nimport time\nprint('up', flush=True)\ntime.sleep(60)"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout.readline() == b"up\n"
        child.send_signal(signal.SIGINT)
        child.wait(20)
    (finish,) = viewer.ledger.heads("finish")
    assert (finish["ok"], finish["stopped"], finish["exit_code"]) == (False, True, 130)


def test_a_fault_of_the_sender_is_logged_and_harms_nobody(viewer, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("a fault of ours")

    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(_client.Client, "_hello", fail)
    client = Client("fault")
    wait_for(lambda: "a fault of ours" in caplog.text)
    declare(client)
    assert not client.finish(timeout=1)
