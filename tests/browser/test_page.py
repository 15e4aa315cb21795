"""What a reader does with the page, and that it then shows the tables' numbers."""

import io

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe

from recall_horizon.presentation.intervals import with_interval
from recall_horizon.presentation.quantities import power

CHARTS = ("models", "sensitivity")
MEASURES = {"Held-out loss": "test_loss", "Training loss": "train_loss", "Held-out R²": "score"}


def points(page, figure):
    """The tooltip of each of the chart's points, as {title: value}."""
    told = []
    marks = page.locator(f"#figure-{figure} .mark-symbol path")
    tooltip = page.locator("#vg-tooltip-element")
    for mark in marks.all():
        mark.dispatch_event("pointermove")  # even if another point covers it
        rows = tooltip.locator("tr").all()
        told.append(
            {
                r.locator("td.key").inner_text().rstrip(":"): r.locator("td.value").inner_text()
                for r in rows
            }
        )
        mark.dispatch_event("pointerout")
    return told


def control(page, figure, legend):
    return page.locator(f"#figure-{figure} fieldset", has=page.locator("legend", has_text=legend))


def move(page, figure, legend, place):
    control(page, figure, legend).locator("input").fill(str(place))


def shown_models(page, figure):
    boxes = control(page, figure, "Models").locator("label").all()
    return [box.inner_text().strip() for box in boxes if box.locator("input").is_checked()]


def test_the_page_loads_nothing_and_reports_no_error(opened):
    watched = opened()
    watched.page.mouse.wheel(0, 20_000)
    assert watched.complaints == []
    assert [
        url for url in watched.requests if not url.startswith(("file:", "data:", "blob:"))
    ] == []
    assert len([url for url in watched.requests if url.startswith("file:")]) == 1


@pytest.mark.parametrize("figure", CHARTS)
def test_charts_replace_their_pictures(opened, figure):
    page = opened().page
    assert page.locator(f"#figure-{figure} .chart svg").is_visible()
    assert not page.locator(f"#figure-{figure} img").is_visible()
    assert page.locator(f"#figure-{figure} .mark-line path").count() > 1


def test_without_scripts_every_figure_is_a_picture_and_the_text_is_there(opened, study):
    page = opened(scripts=False).page
    pictures = page.locator("figure img").all()
    assert len(pictures) == len(list((study.folder / "figures").glob("*.svg")))
    page.locator("details:has(figure) > summary").click()
    assert all(picture.is_visible() for picture in pictures)
    assert all(picture.bounding_box()["height"] > 100 for picture in pictures)
    assert page.locator(".interactive:visible").count() == 0
    assert "recall horizon" in page.locator("main").inner_text()


@pytest.mark.parametrize("measure", MEASURES)
def test_the_chart_of_models_shows_the_tables_numbers_at_every_budget(opened, study, measure):
    page = opened().page
    summary = study.table("summary")
    control(page, "models", "Show").get_by_label(measure).check()
    control(page, "models", "Models").get_by_role("button", name="all").click()
    epochs = sorted(set(summary["epoch"]))
    for place, epoch in enumerate(epochs):
        move(page, "models", "Training budget", place)
        assert control(page, "models", "Training budget").locator("output").inner_text() == (
            f"{epoch:,} epochs"
        )
        expected = {
            (study.labels[row["model"]], str(row["length"])): (
                with_interval(row, f"{MEASURES[measure]}_median"),
                f"{row['solved']} of {row['replicates']} replicates",
            )
            for _, row in summary[summary["epoch"] == epoch].iterrows()
        }
        told = points(page, "models")
        assert {t["epochs"] for t in told} == {str(epoch)}
        assert {
            (t["model"], t["length T"]): (t["value [interval]"], t["solved"]) for t in told
        } == expected
        assert all(len(t["replicates"].split(", ")) == 3 for t in told)


def test_models_are_chosen(opened, study):
    page = opened().page
    known = ["LSTM", "LSTM, all lengths", "GRU", "Attention"]  # controls are left out at first
    assert shown_models(page, "models") == known
    assert len(points(page, "models")) == len(known) * 3
    control(page, "models", "Models").get_by_label("LSTM", exact=True).uncheck()
    assert {told["model"] for told in points(page, "models")} == set(known) - {"LSTM"}
    control(page, "models", "Models").get_by_role("button", name="all").click()
    assert {told["model"] for told in points(page, "models")} == set(study.labels.values())
    control(page, "models", "Models").get_by_role("button", name="none").click()
    assert points(page, "models") == []


def test_hovering_over_a_models_name_highlights_its_line(opened):
    page = opened().page
    lines = page.locator("#figure-models .chart .mark-symbol path")
    control(page, "models", "Models").get_by_text("LSTM", exact=True).hover()
    page.wait_for_timeout(100)
    opacities = [line.get_attribute("opacity") for line in lines.all()]
    assert sorted(set(opacities)) == ["0.12", "1"]


@pytest.mark.parametrize("stage", ["initial", "final"])
def test_the_sensitivity_profiles_are_the_tables_at_every_length(opened, study, stage):
    page = opened().page
    profiles = study.table("profiles")
    label = {"initial": "Before training", "final": "After training"}[stage]
    control(page, "sensitivity", "Show").get_by_label(label).check()
    control(page, "sensitivity", "Models").get_by_role("button", name="all").click()
    for place, length in enumerate(sorted(set(profiles["length"]))):
        move(page, "sensitivity", "Sequence length", place)
        rows = profiles[(profiles["stage"] == stage) & (profiles["length"] == length)]
        expected = {
            (study.labels[row["model"]], f"{row['position']} of {length}"): (
                f"{power(row['median'])} "
                f"[{power(row['lower_quartile'])}, {power(row['upper_quartile'])}]"
            )
            for _, row in rows.iterrows()
        }
        told = points(page, "sensitivity")
        assert {(t["model"], t["element"]): t["sensitivity [quartiles]"] for t in told} == expected


def test_sliders_are_moved_from_the_keyboard(opened):
    page = opened().page
    slider = control(page, "models", "Training budget").locator("input")
    last = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0 epochs" != last
    assert {told["epochs"] for told in points(page, "models")} == {"0"}


def test_results_are_sorted_by_any_column_and_back(opened, study):
    page = opened().page
    summary = study.table("summary")
    final = summary[summary["epoch"] == summary["epoch"].max()]
    table = page.locator("table[data-sortable]")
    for title, column in {"held-out R²": "score_median", "length T": "length"}.items():
        header = table.get_by_role("columnheader", name=title)
        place = header.evaluate("cell => cell.cellIndex")
        for direction in ("ascending", "descending"):
            header.get_by_role("button").press("Enter")
            assert header.get_attribute("aria-sort") == direction
            assert table.locator("[aria-sort]").count() == 1
            rows = final.sort_values(column, ascending=direction == "ascending", kind="stable")
            expected = (
                [with_interval(row, column) for _, row in rows.iterrows()]
                if column != "length"
                else [str(length) for length in rows["length"]]
            )
            cells = [row.locator("th, td").nth(place) for row in table.locator("tbody tr").all()]
            assert [cell.inner_text() for cell in cells] == expected


def test_a_download_is_the_file(opened, study):
    page = opened().page
    for folder, name in (("figures", "models.svg"), ("tables", "datasets.csv")):
        link = page.locator("#figure-models figcaption").get_by_text(name, exact=True)
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes() == (study.folder / folder / name).read_bytes()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1600])
def test_nothing_is_wider_than_the_screen(opened, width, scripts):
    page = opened(width=width, height=844, scripts=scripts).page
    for details in page.locator("summary:visible").all():
        details.click()
    # Each element that is too wide and not inside an element with its own scrolling.
    page_width = page.locator("html").bounding_box()["width"]
    assert page_width <= width
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 360])
def test_nothing_hinders_assistive_technology(opened, scheme, width):
    page = opened(width=width, color_scheme=scheme).page
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true }")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_dark_mode_is_dark_and_light_mode_is_light(opened):
    brightness = (
        "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    )
    assert opened(color_scheme="dark").page.evaluate(brightness) < 60
    assert opened(color_scheme="light").page.evaluate(brightness) > 240


def test_a_printed_page_is_a_document_with_its_pictures(opened, study):
    page = opened(color_scheme="dark").page
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert 3 <= len(printed.pages) <= 12
    text = " ".join(sheet.extract_text() for sheet in printed.pages)
    assert "How far back can a sequence model remember?" in " ".join(text.split())
    assert "Training budget" not in text  # a control, of no use on paper
    page.emulate_media(media="print")
    assert page.locator(".interactive:visible").count() == 0
    assert all(picture.is_visible() for picture in page.locator("figure img").all())


def test_the_contents_lead_to_their_sections(opened):
    page = opened().page
    page.locator(".contents summary").click()
    for link in page.locator("nav a").all():
        link.click()
        heading = page.locator(link.get_attribute("href"))
        assert heading.inner_text() == link.inner_text()
        page.wait_for_function(
            "id => { const top = document.querySelector(id).getBoundingClientRect().top;"
            " return top < innerHeight }",
            arg=link.get_attribute("href"),
        )


def guessed(page):
    return page.locator("#figure-degradation .guess")


def test_the_curve_is_covered_until_it_is_guessed_and_then_shows_the_guess(opened):
    page = opened().page
    figure = page.locator("#figure-degradation")
    assert "covered" in figure.get_attribute("class")
    guessed(page).locator("input").fill("7")
    guessed(page).locator("input").press("Enter")
    assert "covered" not in figure.get_attribute("class")
    assert not guessed(page).is_visible()
    mark = figure.locator(".mark-text text", has_text="your guess")
    page.wait_for_function(
        "mark => mark.getAttribute('opacity') === '1'", arg=mark.element_handle()
    )
    between = [figure.locator(".role-axis-label text", has_text=text) for text in ("6", "12")]
    left, right = (label.first.bounding_box()["x"] for label in between)
    rule = figure.locator(".mark-rule line[stroke-dasharray]").first.bounding_box()["x"]
    assert left < rule < right


def test_the_curve_is_shown_to_who_does_not_guess(opened):
    page = opened().page
    guessed(page).get_by_role("button", name="Just show it").click()
    assert not guessed(page).is_visible()
    mark = page.locator("#figure-degradation .mark-text text", has_text="your guess")
    assert mark.get_attribute("opacity") == "0"


def test_the_curve_is_shown_to_who_reads_on(opened):
    page = opened().page
    page.locator("#lengths, #models").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    page.wait_for_function(
        "() => !document.querySelector('#figure-degradation').classList.contains('covered')"
    )


def test_pictures_have_a_narrow_version_for_a_phone_and_no_other(opened):
    phone, screen = (
        opened(width=width).page.locator("#figure-horizons img") for width in (360, 1100)
    )
    shapes = []
    for picture in (phone, screen):
        picture.evaluate("img => img.decode()")
        box = picture.bounding_box()
        shapes.append(box["height"] / box["width"])
    assert shapes[0] > 1.5 * shapes[1]
    assert phone.bounding_box()["width"] < 360


def test_a_words_meaning_is_shown_to_the_keyboard(opened):
    page = opened().page
    word = page.locator("abbr").first
    word.focus()
    shown = word.evaluate("word => getComputedStyle(word, '::after').content")
    assert word.get_attribute("title") in shown.replace("\\", "")


def test_the_answer_stands_before_everything_else(opened):
    page = opened(width=360, height=740).page
    answer = page.locator("header .lead")
    assert "the first element" in answer.inner_text()
    assert "[" not in answer.inner_text()
    assert page.locator("#figure-horizons").bounding_box()["y"] < 740
