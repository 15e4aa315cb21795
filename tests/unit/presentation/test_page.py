import base64
import gzip
import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recall_horizon.presentation import intervals
from recall_horizon.presentation.page import Explained, read_figures, read_playground
from recall_horizon.presentation.page import render as rendered
from recall_horizon.storage import provenance

HOME = Path(__file__).parents[3] / "report"
LIBRARY = gzip.compress(b"window.vegaEmbed = 1;")


class Page(HTMLParser):
    """A page's links, elements and text."""

    def __init__(self, html):
        super().__init__()
        self.links, self.elements, self.words = [], [], []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def render(written):
    def page(figures=(), playground=None, **options):
        content, tables, study = written(**options)
        style, script = ((HOME / name).read_text() for name in ("page.css", "page.js"))
        parts = (style, script, content, list(figures), LIBRARY, playground)
        return rendered(HOME / "page.html.j2", *parts), tables, study

    return page


URI = "data:image/svg+xml;base64,PHN2Zy8+"
PICTURE = {"name": "degradation.svg", "id": "file-degradation-svg", "uri": URI}
FIGURE = {"name": "degradation", "order": 1, "picture": PICTURE, "chart": None, "title": "A title"}
FIGURE |= {"caption": "A caption", "alt": "What is to be seen", "tables": [], "narrow": None}
WORDS = {"order": 1, "title": "T", "caption": "C", "alt": "A", "chart": None, "narrow": None}


def test_every_sentence_beside_a_figure_is_on_the_page(render, written):
    names = ("degradation", "models", "growth", "progress", "outcomes", "sensitivity", "prediction")
    html, _, _ = render(figures=[{**FIGURE, "name": name} for name in (*names, "selection")])
    sections, text = written()[0]["sections"], Page(html).text
    found = [sentence for name in names for sentence in sections[name]["sentences"]]
    assert found
    assert all(" ".join(sentence.split()) in text for sentence in found)


def test_a_figure_that_no_sentence_is_about_is_shown(render):
    html, _, _ = render(figures=[FIGURE, {**FIGURE, "name": "somebody_elses", "title": "Theirs"}])
    assert "Theirs." in Page(html).text


def test_the_page_shows_where_the_numbers_come_from(render):
    html, tables, study = render()
    text = Page(html).text
    assert "Test Processor 3000" in text
    assert "4 replicates in 2 jobs, 2.3 min of training" in text
    assert str(study.seed) in text
    assert tables["datasets"]["digest"][0][:16] in text
    for package in ("python", "numpy", "torch"):
        assert f"{package} " in text
    code = provenance.git_state()
    assert code["commit"] is None or code["commit"] in text


def test_the_configuration_is_on_the_page(render):
    html, _, study = render()
    text = Page(html).text
    assert f'"learning_rate": {study.training.learning_rate}' in text
    assert f"{study.training.epochs} epochs" in text


def test_a_figure_is_shown_with_its_text(render):
    html, _, _ = render(figures=[FIGURE])
    assert URI in Page(html).links
    assert f'alt="{FIGURE["alt"]}"' in html
    assert "A caption" in Page(html).text


def test_text_is_escaped(render):
    hostile = '<script>alert("1")</script>'
    words = dict.fromkeys(("title", "caption", "alt"), hostile)
    html, _, _ = render(label=hostile, figures=[{**FIGURE, **words}])
    assert html.count("<script") == 1  # the page's own
    assert 'alert("1")' not in html
    assert hostile in Page(html).text


def test_nothing_outside_the_page_is_loaded(render):
    html, _, _ = render(figures=[FIGURE])
    page = Page(html)
    assert not {"link", "iframe", "object", "embed"} & set(page.elements)
    assert "<script src" not in html
    loaded = [link for link in page.links if not link.startswith(("data:", "#"))]
    assert loaded == []
    assert "@import" not in html
    assert "url(" not in html


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({5: [None, None], 50: [(0.5, 0.5), None]}, "It is unclear whether the LSTM recalls"),
        ({5: [(0.1, 0.2)]}, "5 0.800 0.200 0.100"),
    ],
)
def test_studies_of_failures_and_of_one_replicate_have_a_page(render, ends, words):
    assert words in Page(render(ends=ends)[0]).text


def test_figures_are_read_with_their_texts(tmp_path):
    for name in ("second", "first"):
        (tmp_path / f"{name}.svg").write_text(f"<svg>{name}</svg>")
        (tmp_path / f"{name}.json").write_text(json.dumps({**WORDS, "tables": []}))
    one, two = read_figures(sorted(tmp_path.iterdir(), reverse=True), [])
    assert (one["name"], two["name"]) == ("first", "second")
    assert one["picture"]["uri"] == "data:image/svg+xml;base64,PHN2Zz5maXJzdDwvc3ZnPg=="
    assert one["caption"] == "C"


def test_a_figure_and_its_tables_can_be_downloaded_from_the_page(render, tmp_path):
    words = json.dumps({**WORDS, "tables": ["small", "large", "huge"]})
    (tmp_path / "one.json").write_text(words)
    (tmp_path / "one.svg").write_text("<svg>one</svg>")
    (tmp_path / "small.csv").write_text("a\n1\n")
    (tmp_path / "large.csv").write_text("number\n" + "12345\n" * 50_000)
    (tmp_path / "other.csv").write_text("of another figure")
    (tmp_path / "huge.csv").write_bytes(random.Random(0).randbytes(400_000))  # too much for a page
    (figure,) = read_figures(tmp_path.glob("one.*"), sorted(tmp_path.glob("*.csv")))
    html, _, _ = render(figures=[figure, {**figure, "name": "again"}])
    files = dict(re.findall(r'href="data:[^,]*,([^"]+)" download="([^"]+)"', html))
    content = {name: base64.b64decode(data) for data, name in files.items()}
    assert content.keys() == {"small.csv", "large.csv.gz"}
    assert html.count(base64.b64encode(b"a\n1\n").decode()) == 1  # contained once
    assert html.count('data-name="one.svg"') == 2
    assert content["small.csv"] == b"a\n1\n"
    assert gzip.decompress(content["large.csv.gz"]) == (tmp_path / "large.csv").read_bytes()
    assert len(html) < 100_000


def test_the_page_contains_charts_and_the_library_that_draws_them(render):
    specification = {"$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json"}
    hostile = [{"value": '"><script>', "label": "</script>", "colour": None}]
    control = {"parameter": "m", "label": "M", "kind": "many", "options": hostile, "start": [0]}
    words = {"caption": "Move it.", "alt": "A"}
    chart = {"specification": specification, "controls": [control], **words}
    html, _, _ = render(figures=[{**FIGURE, "chart": chart}])
    packed = dict(re.findall(r'<script type="text/plain" id="(\w+)">([^<]*)<', html))
    unpacked = {name: gzip.decompress(base64.b64decode(text)) for name, text in packed.items()}
    assert json.loads(unpacked["charts"]) == {"degradation": specification}
    assert unpacked["vega"] == b"window.vegaEmbed = 1;"
    assert html.count("<script") == 3
    assert "Move it." in Page(html).text


def test_every_result_has_its_row(render):
    html, tables, _ = render()
    table = html.partition("<table data-sortable")[2].partition("</table>")[0]
    rows = tables["outcomes"].to_dict("records")
    assert table.count("<tr>") == 1 + len(rows)
    for row in rows:
        for metric in ("score", "test_loss", "train_loss"):
            cell = f'data-value="{row[metric]!r}">{intervals.with_interval(row, metric)}<'
            assert cell in table


def test_the_contents_lead_to_sections_that_exist(render):
    html, _, _ = render(figures=[FIGURE, {**FIGURE, "name": "models"}])
    anchors = re.findall(r'<a href="#([^"]+)"', html)
    assert {"asked", "found", "models", "horizons", "provenance"} <= set(anchors)
    assert all(f'id="{anchor}"' in html for anchor in anchors)


def test_a_study_without_claims_has_no_section_of_them(render, settings):
    assert "Does it agree with others?" in render()[0]
    settings["claims"] = []
    assert "agree with others" not in render()[0]


def test_a_word_is_explained_where_it_first_occurs():
    explained = Explained([("held-out", "not <trained> on"), ("R", "a score")])
    first, again = (str(explained("An R² & a held-out R of held-out R.")) for _ in range(2))
    assert first == (
        'An R² &amp; a <abbr tabindex="0" title="not &lt;trained&gt; on">held-out</abbr> '
        '<abbr tabindex="0" title="a score">R</abbr> of held-out R.'
    )
    assert "abbr" not in again


def test_no_caption_of_the_page_is_long(render):
    html, _, _ = render(figures=[FIGURE])
    captions = re.findall(r'<p class="caption">(.*?)</p>', html, re.S)
    assert captions
    assert all(len(caption.split()) <= 40 for caption in captions)


@pytest.fixture
def playground(tmp_path):
    """What the page's playground is made of, where the study has exported these networks."""

    def read(*networks):
        data = {"lengths": [3, 6], "sequences": [[0.5] * 6], "networks": networks}
        (tmp_path / "playground.json").write_text(json.dumps(data))
        return read_playground(tmp_path / "playground.json", HOME)

    return read


NETWORK = {"label": "LSTM", "colour": "#0072B2", "architecture": "lstm", "trained_on": "3"}


def test_the_playground_has_a_row_and_a_cell_for_each_network(render, playground):
    hostile = '</script><script>alert("1")</script>'
    networks = NETWORK, {**NETWORK, "label": hostile, "trained_on": "mixed"}
    html, _, _ = render(playground=playground(*networks))
    text = Page(html).text
    assert "LSTM, trained at T\u00a0=\u00a03" in html
    assert f"{hostile}, trained on all lengths" in text
    assert html.count("<script") == 3  # the page's own, the networks and what computes them
    assert "function linear(" in html
    assert "function lstm(" in html
    assert "function gru(" not in html
    assert "const cells = { lstm };" in html
    networks = html.partition('id="networks">')[2].partition("</script>")[0]
    assert json.loads(networks)["networks"][1]["label"] == hostile


def test_without_networks_there_is_no_playground(render, playground):
    assert playground() is None
    html, _, _ = render(playground=playground())
    assert "playground" not in html
