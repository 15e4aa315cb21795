"""An entry with several widths stands for a model of each."""

import pytest

from recall_horizon.config.load import load
from recall_horizon.errors import ConfigError


@pytest.fixture
def spread(settings):
    """The study of an entry `net`, which `models` names after `rnn`."""

    def made(**entry):
        zoo = {"net": {"architecture": "lstm", **entry}, "rnn": {"architecture": "rnn"}}
        settings.update(models=["rnn", "net"], model_zoo=zoo, claims=[])
        settings["controls"]["shuffled_models"] = []
        return load(settings)

    return made


def test_each_width_is_a_model_in_the_place_of_the_entry(spread):
    study = spread(widths=[4, 16], label="A net", options={"forget_bias": 1.0}, replicates=3)
    assert study.models == ["rnn", "net-4", "net-16"]
    assert study.families == {"net-4": "net", "net-16": "net"}
    for width in (4, 16):
        entry = study.model_zoo[f"net-{width}"]
        assert entry.options == {"forget_bias": 1.0, "hidden_size": width}
        assert (entry.label, entry.replicates, entry.widths) == (f"A net of width {width}", 3, None)


def test_the_width_is_the_option_that_the_architecture_says(spread):
    study = spread(architecture="tcn", widths=[3, 5])
    assert [study.model_zoo[f"net-{n}"].options for n in (3, 5)] == [
        {"channels": 3},
        {"channels": 5},
    ]


def test_numbers_of_a_command_line_which_are_text_are_numbers(spread):
    study = spread(widths=["4", "16"])
    assert study.model_zoo["net-16"].options == {"hidden_size": 16}


def test_what_is_recorded_of_a_study_makes_the_same_study(spread):
    study = spread(widths=[4, 16])
    assert load(study.model_dump(mode="json")) == study


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"widths": []}, "widths"),
        ({"widths": [8, 4]}, "ascending"),
        ({"widths": [8, 8]}, "ascending, each once"),
        ({"widths": [0]}, "model_zoo.net.widths[0] = 0"),
        ({"widths": ["x"]}, "model_zoo.net.widths[0] = 'x'"),
        ({"widths": 8}, "model_zoo.net.widths = 8"),
        ({"widths": [4, 8], "options": {"hidden_size": 3}}, "give one of them"),
        ({"widths": [4, 8], "match": {"parameters": 900}}, "give one of them"),
        ({"widths": [4, 8], "architecture": "lstmm"}, "lstm"),
    ],
)
def test_widths_that_cannot_be_are_refused(spread, entry, said):
    with pytest.raises(ConfigError) as refused:
        spread(**entry)
    assert said in str(refused.value)
