"""The example notebooks, executed in a real kernel with the real program."""

import importlib.util
import os
import pathlib

import pytest
from conftest import wait_for
from test_program import PROGRAM, only_run, processes, program, records, runs, ys  # noqa: F401

pytestmark = pytest.mark.skipif(not PROGRAM, reason="KYMOGRAPH_TEST_BIN names no program")

NOTEBOOKS = pathlib.Path(__file__).parents[2] / "examples" / "notebooks"


def execute(name):
    """Runs all cells of a notebook, as Run All does; returns it with its outputs."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    place = {"metadata": {"path": os.getcwd()}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place).execute()
    return notebook


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")


def test_other_cells_run_while_the_sine_job_does():
    notebook = execute("sine.ipynb")
    times = dict(line.split() for cell in notebook.cells if cell.cell_type == "code" for line in printed(cell).splitlines())
    began, cell, ended = (float(times[name]) for name in ("worker-began", "another-cell", "worker-ended"))
    assert began < cell < ended, "the cell ran in the middle of the job"
    found = [run for run in runs() if run["name"] == "sine"]
    assert [run["state"] for run in found] == ["finished"]
    lines = [record["text"] for record in records(found[0]) if record["kind"] == "line"]
    assert sum("sine object" in line for line in lines) == 20
    assert ys(found[0]), "the receiver drew what it received"


def test_keras_trains_while_other_cells_run(monkeypatch):
    # Not imported here: Keras chooses its backend at the import, and the notebook does that itself.
    backends = [name for name in ("jax", "torch", "tensorflow") if importlib.util.find_spec(name) is not None]
    if importlib.util.find_spec("keras") is None or not backends:
        pytest.skip("no Keras, or no backend for it")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    notebook = execute("keras.ipynb")
    lines = [line.split() for cell in notebook.cells if cell.cell_type == "code" for line in printed(cell).splitlines()]
    said = {line[0]: float(line[1]) for line in lines if len(line) == 2}
    assert said["training-began"] < said["another-cell"] < said["training-ended"], "the cell ran in the middle of the job"
    assert said["accuracy"] > 0.9, "it has learned what it was taught"
    found = only_run()
    assert found["name"] == "two spirals"
    seen = records(found)
    series = {record["name"]: record["series"] for record in seen if record["kind"] == "declare"}
    assert len(ys(found, series["loss"])) == len(ys(found, series["accuracy"])) == 40 * 16
    assert len(ys(found, series["epoch/loss"])) == len(ys(found, series["epoch/val_accuracy"])) == 40
    layout = [record for record in seen if record["kind"] == "layout"][-1]
    epochs = {number for name, number in series.items() if name.startswith("epoch/")}
    assert {place["series"] for place in layout["places"] if place["subplot"] == 1} == epochs
    assert any("Epoch 40/40" in record["text"] for record in seen if record["kind"] == "line")


def test_several_windows_are_fed_by_one_notebook():
    execute("windows.ipynb")
    names = sorted(run["name"] for run in runs())
    assert names == ["noise", "walk"]
    for run in runs():
        assert run["state"] == "finished" and len(ys(run)) > 1000


ENDLESS = """
import time
import kymograph

@kymograph.job(name="endless")
def endless(job):
    for n in job.track(range(1_000_000)):
        job.log({"n": n})
        time.sleep(0.01)

handle = endless()
"""


def test_interrupt_and_restart_of_the_kernel():
    """Interrupting a cell leaves the job alone; a restart ends it, and the notebook starts anew beside its record."""
    manager_module = pytest.importorskip("jupyter_client.manager")
    manager, client = manager_module.start_new_kernel(kernel_name="python3")
    try:

        def execute(code):
            printed = []
            reply = client.execute_interactive(
                code,
                timeout=60,
                output_hook=lambda message: printed.append(message["content"].get("text", "")),
            )
            return reply["content"]["status"], "".join(printed)

        assert execute(ENDLESS)[0] == "ok"
        wait_for(lambda: [run["state"] for run in runs()] == ["running"])
        # In short naps: CPython loses no signal that comes just before a nap, but raises it only after that nap.
        sleeping = client.execute("print('asleep', flush=True)\nfor _ in range(600):\n    time.sleep(0.1)")
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "asleep\n":
            pass
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != sleeping:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert execute("print(handle.running)") == ("ok", "True\n"), "the job goes on"

        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=60)
        wait_for(lambda: [run["state"] for run in runs()] != ["running"])
        first = ys(runs()[0])
        assert first == list(range(len(first))) and len(first) > 10
        assert execute(ENDLESS)[0] == "ok"
        wait_for(lambda: sum(run["state"] == "running" for run in runs()) == 1 and len(runs()) == 2)
        assert execute("handle.stop(); print(handle.wait(20))")[0] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
