"""The example notebooks, executed in a real kernel with the real program."""

import os
import pathlib

import pytest
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


def test_several_windows_are_fed_by_one_notebook():
    execute("windows.ipynb")
    names = sorted(run["name"] for run in runs())
    assert names == ["noise", "walk"]
    for run in runs():
        assert run["state"] == "finished" and len(ys(run)) > 1000
