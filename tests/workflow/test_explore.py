"""A finished study in Python."""

import json

import pandas as pd
import pytest
import torch

from recall_horizon import open_study
from recall_horizon.cli.compare import main as compare
from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.figures.style import as_svg


@pytest.fixture
def study(finished):
    return open_study(finished.root / "results/smoke")


def test_tables_are_what_the_files_hold(study):
    assert repr(study) == "<study 'smoke': lstm>"
    assert study.config.lengths == [3, 6]
    for name in ("losses", "summary", "horizons", "outcomes", "claims"):
        table = getattr(study, name)
        assert list(table) == list(pd.read_csv(study.folder / f"tables/{name}.csv"))
    mine = study.losses
    mine["score"] = 0  # it is a copy: the study keeps its own
    assert study.losses["score"].any()


def test_every_table_of_a_study_is_documented(study):
    for name in study.tables():
        assert len(getattr(type(study), name).__doc__) > 20, name


def test_a_network_answers_as_its_losses_say(study):
    x, y = study.held_out(6)
    with torch.no_grad():
        losses = [
            float(((study.model("lstm", 6, replicate=3, trained=trained)(x) - y) ** 2).mean())
            for trained in (False, True)
        ]
    rows = study.losses.query("length == 6 and replicate == 3").set_index("epoch")["test_loss"]
    assert losses == pytest.approx([rows[0], rows[rows.index.max()]], rel=1e-5)


def test_figures_and_charts_are_those_of_the_page(study):
    figure = study.figure("degradation")
    assert as_svg(figure) == (study.folder / "figures/degradation.svg").read_text()
    assert figure._repr_png_().startswith(b"\x89PNG")  # as a notebook shows it
    assert study.chart("models").to_dict()["$schema"]
    with pytest.raises(RecallHorizonError, match="not interactive; use figure"):
        study.chart("growth")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda study: study.model("lstn", 6), "no model 'lstn'; did you mean 'lstm'?"),
        (lambda study: study.model("lstm", 7), "no length 7; "),
        (lambda study: study.model("lstm", 6, replicate=4), "no replicate 4; "),
        (lambda study: study.figure("degredation"), "did you mean 'degradation'?"),
        (lambda study: study.table("nothing"), "tables/nothing.csv cannot be read"),
        (lambda study: open_study(study.folder / "tables"), "is not the folder of a"),
    ],
)
def test_what_a_study_does_not_have_is_named(study, ask, says):
    with pytest.raises(RecallHorizonError, match=says.replace("?", r"\?")):
        ask(study)


def test_studies_are_compared_from_their_folders(finished, tmp_path, capsys):
    smoke, other = finished.root / "results/smoke", tmp_path / "other"
    other.mkdir()
    (other / "tables").symlink_to(smoke / "tables")
    told = json.loads((smoke / "provenance.json").read_text())
    told["study"]["study"] = "other"
    (other / "provenance.json").write_text(json.dumps(told))
    compare([smoke, other], output=tmp_path / "side.html")
    said = capsys.readouterr().out
    assert "Nothing that affects what was measured." in said
    assert sum(line.endswith("identical") for line in said.splitlines()) == 2
    assert "smoke, other side by side" in (tmp_path / "side.html").read_text()
