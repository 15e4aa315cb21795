"""Text that is printed to terminals."""

from pathlib import Path

import pytest
import yaml

from recall_horizon.config.load import load
from recall_horizon.errors import ConfigError

DEFAULT = yaml.safe_load((Path(__file__).parents[3] / "config/config.yaml").read_text())
LSTM = {"architecture": "lstm"}
CLAIM = {"source": "a", "says": "b", "falls": {"models": ["lstm"], "beyond": 10}}
CONTROLS = ["\x1b[31mred", "bell\x07", "a\rb", "tab\t", "\x9b31m", "\u2028", "\x00"]


@pytest.mark.parametrize("text", [*CONTROLS, "two\nlines"])
def test_a_label_has_no_control_characters(text):
    with pytest.raises(ConfigError) as refused:
        load({**DEFAULT, "model_zoo": {**DEFAULT["model_zoo"], "lstm": {**LSTM, "label": text}}})
    assert "model_zoo.lstm.label = " in str(refused.value)
    assert "should have no control characters; has " in str(refused.value)
    assert str(refused.value).isprintable() or str(refused.value).count("\n") == 1


@pytest.mark.parametrize(
    ("key", "text"), [("source", CONTROLS[0]), *(("says", text) for text in CONTROLS)]
)
def test_a_claim_has_no_control_characters(key, text):
    with pytest.raises(ConfigError, match=rf"claims\[0\]\.{key} = .* no control characters"):
        load({**DEFAULT, "claims": [{**CLAIM, key: text}]})


def test_other_text_passes():
    zoo = {**DEFAULT["model_zoo"], "lstm": {**LSTM, "label": "Größe α→β, 90 % ‘é’ 👩‍🔬 עברית"}}
    load({**DEFAULT, "model_zoo": zoo, "claims": [{**CLAIM, "says": "two\nlines\n"}]})
