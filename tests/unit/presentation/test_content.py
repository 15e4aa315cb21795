import json

import pytest


def test_the_content_can_be_written_as_json(written):
    found, _, _ = written(ends={5: [None, None], 50: [(0.5, 0.5), None]})
    assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))


def test_a_row_has_the_number_behind_its_text(written):
    found = written(ends={5: [(0.1, 0.2)], 50: [None]})[0]
    near, far = found["results"]
    assert near["values"]["test_loss"] == {"text": "0.200", "value": "0.2"}
    assert (far["values"]["test_loss"]["value"], far["diverged"]) == ("Infinity", 1)
    assert far["values"]["score"]["value"] == "-Infinity"


def test_what_a_model_is_trained_with_otherwise_is_a_row(made):
    zoo = made.provenance["study"]["model_zoo"]
    zoo["attention"]["training"] = {"epochs": 400, "gradient_clip": 1.0, "evaluate_at": [0, 1]}
    zoo["chrono"]["replicates"], zoo["chrono"]["lengths"] = 3, [5, 10]
    head, *rows = made.content()["sections"]["method"]["table"]
    assert head == ["model", "replicates", "lengths", "training", "steps"]
    assert rows == [
        ["LSTM, chrono", "3", "5, 10", "", "400"],
        ["Attention", "10", "5, 10, 20", "epochs 400, gradient clip 1.0", "400"],
    ]


@pytest.mark.parametrize(
    ("training", "text"),
    [
        ({"batch_size": None}, "with all sequences in one batch, at the selected learning rate."),
        ({"batch_size": 100, "gradient_clip": 1.0}, "in batches of 100, at the selected"),
        ({"gradient_clip": 0.5}, ", with gradients clipped to a norm of 0.5."),
    ],
)
def test_the_method_says_how_a_batch_is_made(made, training, text):
    made.provenance["study"]["training"] |= training
    assert text in " ".join(made.content()["sections"]["method"]["sentences"])


def test_warnings_of_the_configuration_are_a_part_of_the_method(made):
    made.provenance["warnings"] = ["Half of the pool is drawn."]
    assert "Half of the pool is drawn." in made.content()["sections"]["method"]["sentences"]


def test_only_what_a_study_trains_is_cited(made):
    assert made.content()["cited"] == ["attention", "chrono", "feedforward", "lstm"]
    made.provenance["study"]["model_zoo"]["chrono"]["options"] = {"forget_bias": 1.0}
    assert "forget-bias" in made.content()["cited"]
