import json
import math

import pytest

from recall_horizon.analysis import controls
from recall_horizon.presentation.content import content, glued
from recall_horizon.storage import provenance


def test_the_content_can_be_written_as_json(written):
    said, _, _ = written(ends={5: [None, None], 50: [(0.5, 0.5), None]})
    assert json.loads(json.dumps(said, allow_nan=False)) == json.loads(json.dumps(said))


def test_a_row_has_the_number_behind_its_text(written):
    said = written(ends={5: [(0.1, 0.2)], 50: [None]})[0]
    near, far = said["results"]
    assert near["values"]["test_loss"] == {"text": "0.200", "value": "0.2"}
    assert (far["values"]["test_loss"]["value"], far["diverged"]) == ("Infinity", 1)
    assert far["values"]["score"]["value"] == "-Infinity"


def test_every_control_has_a_cell_for_each_length_or_none(written):
    controls = written()[0]["controls"]
    assert controls["lengths"] == [5, 50]
    assert all(len(row["cells"]) == 2 for row in controls["rows"])
    assert any(cell for row in controls["rows"] for cell in row["cells"])


def test_claims_are_shown_beside_their_source(written, settings):
    settings["claims"][0]["seen"] = False
    said = written()[0]["claims"]
    assert "Of 2 claims, 1 agrees, 1 is not tested." in said["about"]
    fall, order = said["rows"]
    assert (fall["source"], fall["verdict"]) == ("the lesson (not seen by us)", "agrees")
    assert fall["measured"].startswith(glued("LSTM at T = 5: 0.980 [0.980, 0.980]; LSTM at"))
    assert (
        order["measured"] == "this study has no lstm-attention and no attention and no transformer"
    )


def test_the_reference_is_named(written):
    assert "Compared with the reference of the study “kept”" in written()[0]["verification"]


def test_a_control_that_was_not_reached_is_a_warning_and_not_a_claim(written, monkeypatch):
    real = controls.check

    def short(*tables):
        first, *rest = real(*tables)
        return [first._replace(verdict="not reached"), *rest]

    said = written()[0]["controls"]
    assert "All 4 controls of this study hold." in said["about"]
    assert all(cell["reached"] for row in said["rows"] for cell in row["cells"])
    monkeypatch.setattr(controls, "check", short)
    said = written()[0]["controls"]
    assert "Of the 4 controls of this study, 1 is not reached" in said["about"]
    assert "hold." not in said["about"]
    assert sum(not cell["reached"] for row in said["rows"] for cell in row["cells"]) == 1


@pytest.mark.parametrize(
    ("states", "shown"),
    [([64, 64], "64"), ([160, 1600], "160–1,600"), ([math.nan, math.nan], "")],
)
def test_a_models_size_is_its_parameters_and_its_state(written, states, shown):
    _, tables, study = written()
    tables["models"]["state"] = states
    origin = provenance.gather(study.model_dump(mode="json"), study.asked(), [])
    (row,) = content(tables, origin, study.look(), 0.9, "Recall it.")["horizons"]
    assert (row["parameters"], row["state"]) == ("1,234", shown)


def test_a_model_that_is_trained_differently_is_marked(written, settings):
    assert not any("Trained differently" in text for text in written()[0]["method"])
    settings["model_zoo"]["lstm"]["training"] = {"epochs": 400, "gradient_clip": 1.0}
    method = written()[0]["method"]
    spent = "400 steps, which see 400,000 sequences"
    assert f"Trained differently: LSTM (epochs 400, gradient clip 1.0: {spent})." in method


def test_the_method_counts_steps_and_sequences(written, settings):
    whole = written()[0]["method"][0]
    assert "all sequences in one batch: 100 steps, which see 100,000 sequences." in whole
    settings["training"] |= {"samples": 1050, "batch_size": 100, "epochs": 10}
    settings["training"]["evaluate_at"] = [0]
    batches = written()[0]["method"][0]
    assert "in batches of 100: 110 steps, which see 10,500 sequences." in batches


@pytest.mark.parametrize(
    ("grid", "tried", "of_equal"),
    [
        (
            {"learning_rate": [0.001, 0.01]},
            "learning rate 0.001, 0.01",
            "that with the smaller learning rate",
        ),
        ({"batch_size": [100, None]}, "batch size 100, full batch", "the first by name"),
        ({"gradient_clip": [1.0, None]}, "gradient clip 1, no clipping", "the first by name"),
    ],
)
def test_the_method_says_what_was_tried_and_which_of_equal_ones_is_chosen(
    written, settings, grid, tried, of_equal
):
    settings["selection"] = {"grid": grid, "replicates": 2}
    said = written()[0]["method"][1]
    assert f"every combination of {tried} trains" in said
    assert f"of equal ones {of_equal}." in said


def test_no_line_ends_between_a_sign_and_its_number():
    assert glued("92 % at T = 5, R² ≥ 0.9: 2 [1, 3]").replace("\N{NO-BREAK SPACE}", "~") == (
        "92~% at T~=~5, R²~≥~0.9: 2 [1,~3]"
    )
