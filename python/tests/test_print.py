"""Lines and proxies: what a job prints goes to its window, everything else where it always went."""

import contextlib
import contextvars
import io
import logging
import sys
import threading

import pytest

from kymograph import _lines, _print


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def split(*texts, step=0.0):
    """The lines out of a splitter that is fed these texts, `step` seconds apart."""
    lines, clock = [], Clock()
    splitter = _lines.LineSplitter(lines.append, clock)
    for text in texts:
        splitter.feed(text)
        clock.now += step
    splitter.finish()
    return lines


def test_lines_come_whole():
    assert split("a\nb", "c\n", "\n", "d") == ["a", "bc", "", "d"]
    assert split("a\r\nb\r", "\n") == ["a", "b"]
    assert split("", "\n") == [""]


def test_carriage_returns_rewrite():
    assert split(*(f"\r{i}%" for i in range(5)), "\n", step=0.1) == ["0%", "1%", "2%", "3%", "4%"]
    bar = split(*(f"\r{i}%" for i in range(1000)), "\n", "next\n", step=0.001)
    assert bar[-2:] == ["999%", "next"] and 15 <= len(bar) <= 25
    assert split("50%\r", "100%\r", "\n") == ["50%", "100%"]
    # A bar that is wiped away: its last state stays.
    assert split("\r10%", "\r99%", "\r   ", "\rdone\n") == ["10%", "done"] or split("\r99%", "\r    \r") == ["99%"]
    assert split("\r99%", "\r    \r") == ["99%"]


def test_held_states_are_settled():
    lines, clock = [], Clock()
    splitter = _lines.LineSplitter(lines.append, clock)
    assert splitter.feed("\r1%") is None and lines == ["1%"]
    assert splitter.feed("\r2%") == pytest.approx(0.05)
    clock.now += 0.06
    assert splitter.settle() is None and lines == ["1%", "2%"]
    assert splitter.settle() is None and splitter.feed("\r2%") is None and lines == ["1%", "2%"]


def test_long_lines_are_split_within_the_limit():
    lines = split("ä" * 100_000, "\U0001f600" * 100_000 + "\n")
    assert "".join(lines) == "ä" * 100_000 + "\U0001f600" * 100_000
    assert max(len(line.encode()) for line in lines) <= 65_536


def test_frames_stay_within_the_limits():
    frames = []
    printed = _lines.Printed(lambda head, **_: frames.append(head))
    printed.write("worker", "x\n" * 25_000)
    printed.write("worker", ("y" * 60_000 + "\n") * 10)
    printed.write("receiver", "half \ud800")
    printed.close()
    lines = [line for head in frames for line in head["lines"]]
    assert len(lines) == 25_011 and lines[-1] == "half ?" and frames[-1]["pane"] == "receiver"
    assert all(len(head["lines"]) <= 10_000 for head in frames)
    assert all(sum(map(len, head["lines"])) <= 131_072 for head in frames)
    assert len(frames) < 60
    assert printed.write("worker", "late\n") is False


class Recorder:
    """A `Printed` that keeps what it is given."""

    def __init__(self):
        self.texts = []

    def write(self, pane, text):
        self.texts.append((pane, text))
        return True

    def is_echoed(self):
        return False

    @property
    def all(self):
        return "".join(text for _, text in self.texts)


class OutStream(io.StringIO):
    """Like that of ipykernel: it has parents, and no buffer."""

    parent = None

    def set_parent(self, parent):
        self.parent = parent


@pytest.fixture
def streams(monkeypatch):
    """Puts streams in place when it is called: pytest itself replaces them between a fixture and its test."""

    def replace():
        out, err = OutStream(), OutStream()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        return out, err

    yield replace
    _print._users = 0


def in_job(recorder, function):
    """Runs `function` as a job's thread would."""

    def body():
        _print.enter(recorder)
        function()

    thread = threading.Thread(target=contextvars.copy_context().run, args=(body,))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_each_writes_to_its_own(streams):
    out, err = streams()
    one, two = Recorder(), Recorder()
    _print.install()
    turn = threading.Barrier(3)

    def speak(name):
        for index in range(200):
            turn.wait(20)
            print(name, index)
            print(name, "error", index, file=sys.stderr)

    def body(recorder, name):
        in_job(recorder, lambda: speak(name))

    threads = [threading.Thread(target=body, args=args) for args in ((one, "one"), (two, "two"))]
    for thread in threads:
        thread.start()
    speak("cell")
    for thread in threads:
        thread.join(20)
    _print.uninstall()
    assert sys.stdout is out and sys.stderr is err
    for recorder, name in ((one, "one"), (two, "two")):
        plain = "".join(text for pane, text in recorder.texts if pane == "worker")
        wrong = "".join(text for pane, text in recorder.texts if pane == "receiver")
        assert plain == "".join(f"{name} {index}\n" for index in range(200))
        assert wrong == "".join(f"{name} error {index}\n" for index in range(200))
    assert out.getvalue() == "".join(f"cell {index}\n" for index in range(200))
    assert err.getvalue() == "".join(f"cell error {index}\n" for index in range(200))


def test_threads_of_a_job_print_where_they_always_did(streams):
    out, _ = streams()
    recorder = Recorder()
    _print.install()

    def body():
        context = contextvars.copy_context()
        for target in (lambda: print("own thread"), lambda: context.run(print, "copied context")):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join(20)

    in_job(recorder, body)
    _print.uninstall()
    assert recorder.all == "copied context\n"
    assert out.getvalue() == "own thread\n"


def test_the_proxy_is_like_the_stream(streams):
    out, _ = streams()
    _print.install()
    proxy = sys.stdout
    proxy.set_parent({"msg_id": "1"})
    proxy.name = "mine"
    assert out.parent == {"msg_id": "1"} and out.name == "mine" == proxy.name
    assert isinstance(proxy, io.TextIOBase) and not proxy.closed and proxy.getvalue() == ""
    assert not hasattr(proxy, "buffer") and not hasattr(proxy, "no_such_thing")
    with pytest.raises(io.UnsupportedOperation):
        proxy.fileno()
    proxy.writelines(["a", "b"])
    assert proxy.write("cd") == 2 and out.getvalue() == "abcd"
    recorder = Recorder()

    def body():
        sys.stdout.buffer.write("ü".encode())
        sys.stdout.flush()
        sys.stdout.close()
        assert not sys.stdout.isatty()

    in_job(recorder, body)
    assert recorder.all == "ü" and not out.closed
    _print.uninstall()
    del proxy
    assert not out.closed and sys.stdout is out


def test_write_may_be_replaced_for_a_while_as_ipython_does(streams):
    out, _ = streams()
    recorder, seen = Recorder(), []
    _print.install()
    original = sys.stdout.write

    def tee(text):
        seen.append(text)
        return original(text)

    sys.stdout.write = tee
    print("cell")
    in_job(recorder, lambda: print("job"))
    sys.stdout.write = original
    print("after")
    _print.uninstall()
    assert "".join(seen) == "cell\n" and out.getvalue() == "cell\nafter\n" and recorder.all == "job\n"


def test_a_replaced_stream_is_left_alone(streams):
    out, _ = streams()
    _print.install()
    mine = io.StringIO()
    sys.stdout = mine
    _print.uninstall()
    assert sys.stdout is mine


def test_redirected_while_jobs_come_and_go(streams):
    out, _ = streams()
    recorder, mine = Recorder(), io.StringIO()
    _print.install()
    with contextlib.redirect_stdout(mine):
        _print.install()
        print("mine")
        in_job(recorder, lambda: print("job"))
        _print.uninstall()
        _print.uninstall()
        print("mine too")
    # The first proxy was put back; it lets all through, and the next job takes it.
    print("out")
    _print.install()
    in_job(recorder, lambda: print("again"))
    _print.uninstall()
    assert sys.stdout is out
    assert (mine.getvalue(), out.getvalue(), recorder.all) == ("mine\nmine too\n", "out\n", "job\nagain\n")


def test_handlers_made_before_keep_their_stream(streams):
    _, err = streams()
    handler = logging.StreamHandler()
    _print.install()
    recorder = Recorder()
    record = logging.LogRecord("x", logging.INFO, "x", 1, "logged", None, None)
    in_job(recorder, lambda: handler.emit(record))
    _print.uninstall()
    assert recorder.all == "" and err.getvalue() == "logged\n"


def test_what_sending_prints_is_not_sent(streams):
    out, _ = streams()
    frames = []

    def send(head, **_options):
        frames.append(head)
        print("from the client")

    printed = _lines.Printed(send)
    _print.install()
    in_job(printed, lambda: [print("x" * 60_000) for _ in range(5)])
    _print.uninstall()
    printed.close()
    assert sum(len(head["lines"]) for head in frames) == 5
    assert "from the client" in out.getvalue()


def test_printing_is_cheap():
    import time

    printed = _lines.Printed(lambda head, **_: None)
    start = time.perf_counter()
    for _ in range(20_000):
        printed.write("worker", "a line of a loop that prints\n")
    spent = (time.perf_counter() - start) / 20_000
    printed.close()
    print(f"a printed line: {spent * 1e6:.1f} us")
    assert spent < 1e-3
