"""Run directories, read back by the reader that knows only the format."""

import array
import fcntl
import json
import os
import random
import signal
import stat
import struct
import subprocess
import sys
import textwrap

import pytest
from conftest import load_reader, recorded, recorded_runs

from kymograph._offline import OfflineRun, safe_name
from kymograph._wire import column


def records(path):
    return list(load_reader().records(str(path)))


def test_every_kind_of_frame_comes_back(place):
    run = OfflineRun("a name", "figure", {"lr": 0.5}, "0123456789abcdef" * 2)
    bits = struct.pack("<3Q", 0x7FF8000000000001, 0xFFF0000000000000, 1)
    run.write({"t": "series", "id": 0, "name": "loss π", "x_label": "step", "color": "#ff8000"})
    run.write({"t": "series", "id": 1, "name": "t", "x_is_time": True})
    run.write({"t": "append", "id": 0}, [column([1, 2, 3]), column(array.array("d", bits))])
    run.write({"t": "append", "id": 1, "start": 10, "step": 0.5}, [column(array.array("i", [7, 8]))])
    run.write({"t": "replace", "id": 0, "color": "#000001"}, [column([1.0]), column(array.array("f", [0.5]))])
    run.write({"t": "text", "lines": ["one", ""], "level": "warning", "pane": "receiver", "time": 1.5})
    run.write({"t": "progress", "done": 3, "total": 10})
    run.write({"t": "layout", "rows": 1, "cols": 1, "subplots": []})
    run.write({"t": "finish", "ok": True, "text": "loss 0.5"})
    run.close()
    found = records(run.run_path)
    kinds = ["header", "declare", "declare", "append", "append", "replace", "line", "line", "progress", "layout"]
    kinds += ["finished", "end"]
    assert [record["kind"] for record in found] == kinds
    assert [record["seq"] for record in found] == list(range(len(kinds)))
    times = [record["time_nanos"] for record in found]
    assert times == sorted(times)
    header, first, second, append, regular, replace, line, empty, progress, _layout, finished, end = found
    assert (header["run_id"], header["name"], header["format_version"]) == ("01234567", "a name", 1)
    assert (first["name"], first["x_label"], first["color"]) == ("loss π", "step", "#ff8000")
    assert (second["series"], second["x_is_time"], second["color"]) == (1, True, None)
    assert append["y"].tobytes() == bits and list(append["x"]) == [1, 2, 3]
    assert (regular["x_start"], regular["x_step"], list(regular["y"])) == (10, 0.5, [7, 8])
    assert (replace["color"], list(replace["y"])) == ("#000001", [0.5])
    assert (line["pane"], line["level"], line["time_secs"], line["text"]) == ("Receiver", "warning", 1.5, "one")
    assert empty["text"] == ""
    assert (progress["done"], progress["total"]) == (3, 10)
    assert (finished["text"], finished["exit_code"], finished["was_stopped"]) == ("loss 0.5", 0, False)
    assert (end["state"], end["exit_code"]) == ("finished", 0)
    meta = json.loads((recorded_runs(place)[0] / "meta.json").read_text())
    assert (meta["state"], meta["samples"], meta["config"]) == ("finished", 6, {"lr": 0.5})
    assert meta["log_bytes"] == os.path.getsize(run.run_path + "/log.tfrecord")


@pytest.mark.parametrize(
    ("head", "kind", "state", "code"),
    [
        ({"ok": False, "text": "ValueError: x", "exit_code": 1}, "failed", "failed", 1),
        ({"ok": False, "stopped": True, "exit_code": 130}, "finished", "stopped", 130),
        ({"ok": False, "exit_code": -9}, "failed", "failed", -9),
    ],
)
def test_ends(head, kind, state, code):
    run = OfflineRun("run")
    run.write(dict(head, t="finish"))
    run.close()
    found = records(run.run_path)
    assert (found[-2]["kind"], found[-1]["state"], found[-1]["exit_code"]) == (kind, state, code)
    assert run.meta["state"] == state


def test_payloads_are_aligned_and_numbers_can_be_mapped(place):
    run = OfflineRun("x" * 13)
    chance = random.Random(3)
    for index in range(300):
        run.write({"t": "series", "id": index, "name": "n" * chance.randrange(400)})
        numbers = column([chance.random() for _ in range(chance.randrange(1, 40))])
        run.write({"t": "append", "id": index}, [numbers, numbers])
    run.close()
    reader = load_reader()
    with open(run.run_path + "/log.tfrecord", "rb") as file:
        data = file.read()
    places = [(start, end) for what, start, end, _ in reader.frames(data) if what == "record"]
    assert len(places) == 601
    for start, end in places[1:]:
        assert (start + 12) % 8 == 0 and (end - 4) % 8 == 0


def test_place_is_private_and_locked_while_it_is_written(place):
    run = OfflineRun("run")
    assert stat.S_IMODE(os.stat(run.run_path).st_mode) == 0o700
    with open(run.run_path + "/log.tfrecord", "rb") as log:
        with pytest.raises(BlockingIOError):
            fcntl.flock(log, fcntl.LOCK_SH | fcntl.LOCK_NB)
        run.close()
        fcntl.flock(log, fcntl.LOCK_SH | fcntl.LOCK_NB)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sine", "sine"),
        ("", "run"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "run"),
        (".hidden", "hidden"),
        ("a b\tc\nd\0e\x7ff", "a-b-c-d-e-f"),
        ("größe_π", "größe_π"),
        ("train.py --lr 1e-3", "train.py-lr-1e-3"),
        ("a" * 100, "a" * 40),
    ],
)
def test_names_hostile_become_harmless(name, wanted, place):
    assert safe_name(name) == wanted
    run = OfflineRun(name)
    run.close()
    assert os.path.dirname(run.run_path) == str(place / "data" / "runs")
    assert records(run.run_path)[0]["name"] == name
    assert OfflineRun(name).run_path != run.run_path


def test_disk_full_half_way_goes_on_at_the_same_byte(monkeypatch):
    run = OfflineRun("run")
    real, chance = os.pwrite, random.Random(2)

    def half(handle, data, at):
        if chance.random() < 0.5:
            raise OSError(28, "No space left on device")
        return real(handle, bytes(data)[: max(1, len(data) // 2)], at)

    run.write({"t": "series", "id": 0, "name": "y"})
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", half)
        failures = 0
        for index in range(100):
            run.write({"t": "append", "id": 0}, [column([index]), column([index * 2])])
            try:
                run.flush()
            except OSError:
                failures += 1
        assert failures > 10
    run.close()
    assert recorded(run.run_path)["y"] == (list(range(100)), list(range(0, 200, 2)))


def test_log_killed_keeps_what_was_flushed(place):
    script = """
        import sys
        from kymograph._offline import OfflineRun
        from kymograph._wire import column
        run = OfflineRun("killed")
        run.write({"t": "series", "id": 0, "name": "y"})
        index = 0
        while True:
            run.write({"t": "append", "id": 0}, [column([index]), column([index])])
            run.flush()
            index += 1
            print(index, flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as child:
        flushed = 0
        while flushed < 500:
            flushed = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        flushed = max([flushed, *(int(line) for line in child.stdout.read().splitlines()[:-1])])
    (path,) = recorded_runs(place)
    assert json.loads((path / "meta.json").read_text())["state"] == "running"
    reader = load_reader()
    found = [record for record in reader.records(str(path)) if record["kind"] != "lost" or record["why"] != "cut"]
    ys = [y for record in found if record["kind"] == "append" for y in record["y"]]
    assert ys == list(range(len(ys))) and len(ys) >= flushed


def test_a_figure_comes_back_as_it_was_laid_out(place):
    run = OfflineRun("figure", kind="figure")
    axes = {"title": "b", "y_label": "loss", "y_scale": "log", "x_limits": [5, 1], "legend": False}
    run.write({"t": "layout", "seq": 1, "rows": 1, "cols": 2, "title": "both", "subplots": [{}, axes]})
    run.write({"t": "series", "seq": 2, "id": 0, "name": "a"})
    run.write({"t": "series", "seq": 3, "id": 1, "name": "b", "subplot": 3})
    run.write({"t": "remove", "seq": 4, "id": 0})
    run.write({"t": "series", "seq": 5, "id": 0, "name": "c"})
    run.write({"t": "finish", "seq": 6, "ok": True})
    run.close()
    found = list(load_reader().records(str(recorded_runs(place)[0])))
    layouts = [record for record in found if record["kind"] == "layout"]
    assert [record["places"] for record in layouts] == [
        [],
        [{"series": 1, "subplot": 3}],
        [{"series": 1, "subplot": 3}, {"series": 0, "subplot": None}],
        [{"series": 1, "subplot": 3}, {"series": 0, "subplot": 0}],
    ]
    assert (layouts[-1]["title"], layouts[-1]["rows"], layouts[-1]["columns"]) == ("both", 2, 2)
    assert layouts[0]["subplots"][1] == {
        "title": "b",
        "hides_legend": True,
        "x": {"label": "", "is_log": False, "limits": [1.0, 5.0]},
        "y": {"label": "loss", "is_log": True, "limits": None},
    }
    kinds = [record["kind"] for record in found]
    assert kinds.index("replace") < kinds.index("declare", kinds.index("replace")), "what was under that number is gone"
