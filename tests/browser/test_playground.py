"""What a reader does with the playground, and that its networks are those of PyTorch."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from recall_horizon import open_study
from recall_horizon.contract import Shape
from recall_horizon.data import datasets
from recall_horizon.models.attention import Attention
from recall_horizon.models.gru import GRU
from recall_horizon.models.lstm import LSTM
from recall_horizon.models.rnn import RNN
from recall_horizon.storage import layout

REPORT = Path(__file__).parents[2] / "report"
CELLS = {path.stem: path.read_text() for path in (REPORT / "playground").glob("*.js")}
SEQUENCES = 100
TRAINED = 40  # steps
CASES = [
    (RNN, {"hidden_size": 7}),
    (GRU, {"hidden_size": 7}),
    (LSTM, {"hidden_size": 7}),
    (Attention, {"hidden_size": 8}),
    (Attention, {"hidden_size": 7, "positions": "sinusoidal"}),
    (Attention, {"hidden_size": 8, "positions": "none"}),
]
OF_A_CELL = """([name, weights, options, sequences]) => {
  for (const key in weights) weights[key] = Float32Array.from(weights[key]);
  return sequences.map((x) => globalThis[name](weights, options, Float64Array.from(x)));
}"""
ANSWERS = "([i, sequences]) => sequences.map((x) => networks[i].answer(Float64Array.from(x)))"
DEPENDENCE = "([i, x, element]) => networks[i].dependsOn(Float64Array.from(x), element)"


def drawn(steps, number=SEQUENCES):
    return torch.from_numpy(
        np.random.default_rng(steps).standard_normal((number, steps, 1), dtype=np.float32)
    )


def test_every_cell_is_tested():
    assert {case.__name__.casefold() for case, _ in CASES} == {
        name for name in CELLS if not name.startswith("_")
    }


@pytest.fixture
def compare(browser):
    """Compares a cell with PyTorch's network at several lengths.

    Its weights are twice as large as usual, so that gates and shares are far from their middle.
    """

    def run(network, name, cell, options):
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(2)
        state = network.state_dict()
        weights = {key: values.flatten().tolist() for key, values in state.items()}
        network.double()
        page = browser.new_page()
        page.add_script_tag(content=CELLS["_linear"] + cell)
        longest = TRAINED if "positions.vectors" in weights else 3 * TRAINED
        for steps in (1, 2, 10, TRAINED, longest):
            x = drawn(steps)
            found = page.evaluate(OF_A_CELL, [name, weights, options, x[..., 0].tolist()])
            with torch.no_grad():
                expected = network(x.double())[:, 0].numpy()
            assert np.ptp(expected) > 0.01
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
        page.close()

    return run


@pytest.mark.parametrize(("architecture", "options"), CASES)
def test_a_cell_answers_as_pytorch_does(compare, architecture, options):
    torch.manual_seed(0)
    name = architecture.__name__.casefold()
    compare(architecture(Shape(TRAINED), **options), name, CELLS[name], options)


def test_so_does_the_cell_that_the_documents_show(compare):
    text = (REPORT.parent / "docs/extending.md").read_text()
    fenced = r"```python\n# workflow/recall_horizon/models/mean_of_all.py\n(.*?)```"
    model = re.search(fenced, text, re.DOTALL)
    cell = re.search(r"^    (// models/mean_of_all.py.*?\n    })$", text, re.DOTALL | re.MULTILINE)
    made = {}
    exec(model[1], made)
    torch.manual_seed(0)
    compare(made["MeanOfAll"](Shape(TRAINED)), "mean_of_all", cell[1], {})


@pytest.fixture
def playground(opened):
    """The page's playground, on a page that is opened with some properties."""

    def show(**properties):
        page = opened(**properties).page
        return page, page.locator(".playground")

    return show


def exported(page):
    """What the page has of the study: networks, lengths that it offers, held-out sequences."""
    data = page.evaluate("JSON.parse(document.getElementById('networks').textContent)")
    return data["networks"], data["lengths"], data["sequences"]


def trained(study, network):
    """The network in PyTorch that the page says it has."""
    finished = open_study(study.folder)
    length = max(finished.config.lengths_of(network["model"]))
    if network["trained_on"].isdigit():
        length = int(network["trained_on"])
    return finished.model(network["model"], length, network["replicate"])


def slider(section, name):
    return section.locator(f"input[name={name}]")


def cells(section, kind):
    """What the table says of each network."""
    return [cell.inner_text() for cell in section.locator(f"tbody .{kind}").all()]


def settle(page):
    page.wait_for_timeout(250)


def number(text):
    return float(text.replace("−", "-"))


def test_the_networks_are_a_few_of_each_kind(playground, study):
    page, section = playground()
    networks, lengths, _ = exported(page)
    assert lengths == [3, 6, 12, 200, 500]
    shown = [(network["model"], network["trained_on"]) for network in networks]
    assert shown == [
        *[("lstm", "3"), ("lstm", "6"), ("lstm-mixed", "mixed"), ("gru", "3"), ("attention", "12")]
    ]
    assert [row.inner_text().strip() for row in section.locator("tbody th").all()] == [
        "LSTM, trained at T\u00a0=\u00a03",
        "LSTM, trained at T\u00a0=\u00a06",
        "LSTM, trained on all lengths",
        "GRU, trained at T\u00a0=\u00a03",
        "Attention, trained at T\u00a0=\u00a012",
    ]


def test_the_pages_networks_answer_as_pytorchs_do_at_every_length(playground, study):
    page, _ = playground()
    networks, lengths, _ = exported(page)
    for place, network in enumerate(networks):
        model = trained(study, network)
        for steps in lengths:
            x = drawn(steps)
            if network["longest"] and steps > network["longest"]:
                with pytest.raises(ValueError, match="positions"):
                    model(x)
                continue
            found = page.evaluate(ANSWERS, [place, x[..., 0].tolist()])
            with torch.no_grad():
                expected = model(x)[:, 0].numpy()
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_an_answer_depends_on_an_element_as_its_gradient_says(playground, study):
    page, section = playground()
    networks, _, sequences = exported(page)
    slider(section, "length").fill("2")
    for element in (1, 7, 12):
        slider(section, "element").fill(str(element))
        settle(page)
        shown = cells(section, "slope")
        x = torch.tensor(sequences[0][:12])
        for place, network in enumerate(networks):
            inputs = x.clone().requires_grad_()
            trained(study, network)(inputs.reshape(1, -1, 1)).sum().backward()
            gradient = float(inputs.grad[element - 1])
            found = page.evaluate(DEPENDENCE, [place, x.tolist(), element - 1])
            assert found == pytest.approx(gradient, abs=1e-3)
            assert number(shown[place]) == pytest.approx(gradient, abs=0.0051)


def test_the_first_number_is_moved_from_the_keyboard(playground):
    page, section = playground()
    before = cells(section, "answer")
    slider(section, "first").focus()
    page.keyboard.press("End")
    settle(page)
    assert slider(section, "first").get_attribute("aria-valuetext") == "3.00"
    assert cells(section, "answer") != before
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert slider(section, "first").get_attribute("aria-valuetext") == "2.95"
    page.wait_for_timeout(1000)
    assert section.locator(".summary").inner_text().startswith("The first of 3 numbers is 2.95.")


def test_the_first_bar_is_dragged(playground):
    page, section = playground()
    section.scroll_into_view_if_needed()
    box = section.locator("svg").bounding_box()
    x, middle, unit = box["x"] + 10, box["y"] + box["height"] / 2, box["height"] / 6.4
    page.mouse.move(x, middle)
    page.mouse.down()
    page.mouse.move(x + 200, middle - 2 * unit, steps=5)  # beside the bar, but still held
    page.mouse.up()
    settle(page)
    assert slider(section, "first").get_attribute("aria-valuetext") == "2.00"
    page.mouse.move(x, middle + 300)
    settle(page)
    assert slider(section, "first").get_attribute("aria-valuetext") == "2.00"


@pytest.mark.parametrize("touch", [False, True])
def test_an_element_is_pointed_at(playground, touch):
    page, section = playground(has_touch=touch)
    slider(section, "length").fill("1")
    section.locator("svg").scroll_into_view_if_needed()
    box = section.locator("svg").bounding_box()
    point = box["x"] + box["width"] * 3.5 / 6, box["y"] + box["height"] / 2
    (page.touchscreen.tap if touch else page.mouse.move)(*point)
    settle(page)
    assert slider(section, "element").input_value() == "4"
    assert section.locator("thead").inner_text().strip().endswith("depends on element 4")
    asked = section.locator("svg .asked")
    assert float(asked.get_attribute("x")) == pytest.approx(500, abs=1)


def test_a_longer_sequence_is_read_by_those_that_can(playground):
    page, section = playground()
    slider(section, "length").fill("4")
    page.wait_for_timeout(2000)
    assert slider(section, "length").get_attribute("aria-valuetext") == "T = 500"
    assert slider(section, "element").get_attribute("max") == "500"
    answers = cells(section, "answer")
    assert answers[-1] == "cannot read more than 12"
    assert all(number(answer) == number(answer) for answer in answers[:-1])
    assert cells(section, "slope")[-1] == "–"


def test_new_numbers_are_those_of_held_out_sequences(playground, study):
    page, section = playground()
    before = cells(section, "answer")
    section.get_by_role("button", name="Draw new numbers").press("Enter")
    settle(page)
    assert cells(section, "answer") != before
    _, lengths, sequences = exported(page)
    splits, _ = datasets.read(study.folder / layout.test_dataset(lengths[-1]), ["test"])
    np.testing.assert_allclose(sequences, splits["test"].x[:20, :, 0], rtol=0, atol=5e-5)
    first = number(slider(section, "first").get_attribute("aria-valuetext"))
    assert first == pytest.approx(sequences[1][0], abs=0.0051)


def test_nothing_is_reported_while_it_is_played_with(opened):
    watched = opened()
    section = watched.page.locator(".playground")
    for name in ("first", "length", "element"):
        slider(section, name).focus()
        for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
            watched.page.keyboard.press(key)
    section.get_by_role("button").click()
    settle(watched.page)
    assert watched.complaints == []


def test_it_is_not_there_without_scripts(playground):
    _, section = playground(scripts=False)
    assert not section.is_visible()


def test_it_works_if_the_pages_own_script_fails(opened, study, tmp_path):
    page = opened().page
    html = (study.folder / "report.html").read_text()
    script = (REPORT / "page.js").read_text()
    assert script in html
    (tmp_path / "broken.html").write_text(html.replace(script, "throw new Error('broken')"))
    page.goto((tmp_path / "broken.html").as_uri())
    section = page.locator(".playground")
    assert section.is_visible()
    assert all(cells(section, "answer"))


def test_it_is_printed_as_a_picture_without_controls(playground):
    page, section = playground()
    page.emulate_media(media="print")
    assert section.locator("svg").is_visible()
    assert all(cells(section, "answer"))
    assert not section.locator(".controls").is_visible()
    assert not section.locator(".grip").is_visible()


def test_weights_are_little_endian_numbers_of_32_bits(playground, study):
    page, _ = playground()
    network = exported(page)[0][0]
    kept = network["weights"]["readout.weight"]
    values = np.frombuffer(base64.b64decode(kept["data"]), dtype="<f4").reshape(kept["shape"])
    expected = trained(study, network).state_dict()["readout.weight"].numpy()
    np.testing.assert_array_equal(values, expected)
