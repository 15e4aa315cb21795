"""The notebook runs from its first cell to its last, and is kept without outputs."""

import nbformat
from nbclient import NotebookClient

from ..conftest import ROOT

NOTEBOOK = ROOT / "examples/explore.ipynb"


def test_the_notebook_runs_on_a_finished_study(finished):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].source = code[0].source.replace('"default"', '"smoke"')
    folder = finished.root / "examples"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()
    assert all(cell.outputs for cell in code)
    shown = [output.get("data", {}) for cell in code for output in cell.outputs]
    assert sum("image/png" in data for data in shown) == 3
    assert any("vega" in data.get("text/html", "") for data in shown)


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(notebook.cells) == 12
    assert not any(cell.outputs or cell.execution_count for cell in code)
