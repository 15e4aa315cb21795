"""What Snakemake's own report says: every caption is read as reStructuredText."""

from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from docutils import nodes
from docutils.core import publish_doctree

HOME = Path(__file__).parents[3] / "report/captions"
# Names that a study may have, and that would be references if they were read as markup.
NAMES = {
    "study": "mine_",
    "models": ["rnn_", "my-_-lstm__"],
    "lengths": [3, 6],
    "task": {"name": "my_tasks_:Recall_"},
    "analysis": {"confidence": 0.95, "solved_score": 0.9},
}
WILDCARDS = {"model": "rnn_", "place": "T3", "first": 0, "last": 4}


def read(text):
    """What a reader sees of reStructuredText, on one line, which must not be wrong anywhere."""
    document = publish_doctree(text, settings_overrides={"report_level": 1, "halt_level": 1})
    assert not list(document.findall(nodes.system_message))
    assert not list(document.findall(nodes.problematic))
    return " ".join(document.astext().split())


def rendered(template):
    """What a caption's file says of a study whose names are `NAMES`."""
    job = SimpleNamespace(config=NAMES, wildcards=SimpleNamespace(**WILDCARDS))
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return read(environment.from_string(template.read_text()).render(snakemake=job))


@pytest.mark.parametrize("template", sorted(HOME.glob("*.rst")), ids=lambda path: path.stem)
def test_every_caption_is_read_without_a_complaint_whatever_the_names(template):
    text = rendered(template)
    if 'snakemake.config["models"]' in template.read_text():
        assert "rnn_, my-_-lstm__" in text
    if "snakemake.wildcards.model" in template.read_text():
        assert "model rnn_" in text
    if template.stem == "training":
        assert "at sequence length T = 3, replicates 0 to 4" in text
    if template.stem == "workflow":
        assert "my_tasks_:Recall_" in text
        assert "study mine_" in text
