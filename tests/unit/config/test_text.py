"""Text that is printed to terminals."""

import pytest

from recall_horizon.config.load import load
from recall_horizon.errors import ConfigError

CLAIM = {"source": "a", "says": "b", "falls": {"models": ["lstm"], "beyond": 10}}
CONTROLS = ["\x1b[31mred", "bell\x07", "a\rb", "tab\t", "\x9b31m", "\u2028", "\x00"]


@pytest.mark.parametrize("text", [*CONTROLS, "two\nlines"])
def test_a_label_has_no_control_characters(settings, text):
    settings["model_zoo"]["lstm"]["label"] = text
    with pytest.raises(ConfigError) as refused:
        load(settings)
    assert "model_zoo.lstm.label = " in str(refused.value)
    assert "should have no control characters; has " in str(refused.value)
    assert str(refused.value).isprintable() or str(refused.value).count("\n") == 1


@pytest.mark.parametrize(
    ("key", "text"), [("source", CONTROLS[0]), *(("says", text) for text in CONTROLS)]
)
def test_a_claim_has_no_control_characters(settings, key, text):
    with pytest.raises(ConfigError, match=rf"claims\[0\]\.{key} = .* no control characters"):
        load({**settings, "claims": [{**CLAIM, key: text}]})


def test_other_text_passes(settings):
    settings["model_zoo"]["lstm"]["label"] = "Größe α→β, 90 % ‘é’ 👩‍🔬 עברית"
    load({**settings, "claims": [{**CLAIM, "says": "two\nlines\n"}]})
