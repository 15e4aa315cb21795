"""The website: `make site` builds it with Sphinx from the documents where they are."""

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "results/lesson/report.html"  # of a kept study, which `make site` runs

project = "recall-horizon"
html_title = project
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinxcontrib.mermaid"]
root_doc = "README"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "config/README.md",
    "docs/**.md",
]
exclude_patterns = [".*", "results", "site"]
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_extra_path = [str(PAGE)]
templates_path = ["."]
html_context = {"study": PAGE.name}
html_sidebars = {
    "**": [
        *("sidebar/brand.html", "sidebar/search.html", "sidebar/scroll-start.html"),
        *("sidebar/navigation.html", "study.html", "sidebar/scroll-end.html"),
    ]
}
highlight_language = "none"  # most commands are lines for a shell
myst_heading_anchors = 4  # as in the links between the documents
myst_fence_as_directive = ["mermaid"]
default_role = "code"  # docstrings write code as Markdown does
autodoc_member_order = "bysource"
maximum_signature_line_length = 90
# Types are annotations here, so what comes before a colon in a docstring is not one.
GoogleDocstring._parse_attribute_docstring = GoogleDocstring._consume_to_end
GoogleDocstring._consume_returns_section = lambda self, *_, **__: [
    ("", "", self._dedent(self._consume_to_next_section()))
]

CONTENTS = """
```{toctree}
:hidden:

docs/findings
docs/report
docs/lesson-plan
docs/tasks
config/README
docs/extending
docs/caching
docs/cluster
docs/performance
docs/troubleshooting
docs/site/python
CONTRIBUTING
docs/releasing
CHANGELOG
```
"""


def add_contents(_: Sphinx, page: str, source: list[str]) -> None:
    """Give the home page the table of contents, which is of no use in README.md itself."""
    if page == root_doc:
        source[0] += CONTENTS


def leave_out(*about: Any) -> bool | None:
    """Whether to leave out a member: a field of a named tuple that has no text of its own."""
    _, _, _, member, *_ = about
    return str(member.__doc__).startswith("Alias for field number") or None


def open_at_home(app: Sphinx, failure: Exception | None) -> None:
    """Make the home page what opens in the folder of the website."""
    if failure is None:
        shutil.copy(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_contents)
    app.connect("autodoc-skip-member", leave_out)
    app.connect("build-finished", open_at_home)
