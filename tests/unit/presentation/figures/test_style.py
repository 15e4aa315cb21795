"""The style of figures, and that a user's matplotlib and ours do not meet."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot

from recall_horizon.config import jobs, shown
from recall_horizon.config.load import load
from recall_horizon.presentation.figures import marks, outcomes, style
from recall_horizon.storage import layout, tables
from recall_horizon.storage.files import shell_json

# What a user's matplotlibrc or notebook may set: it shows, or it stops a figure.
THEIRS = {
    "axes.grid": True,
    "axes.titlelocation": "center",
    "figure.facecolor": "black",
    "font.weight": "bold",
    "legend.frameon": True,
    "lines.marker": "x",
    "path.sketch": (1, 100, 2),
    "savefig.bbox": "tight",
    "savefig.dpi": 50,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": True,
    "xtick.minor.visible": True,
}


@style.settings()
def drawing():
    figure, axes = style.subplots()
    axes.plot([5, 10, 100], [0.1, 0.5, 1.0], label="R²")
    marks.length_axis(axes, [5, 10, 100])
    axes.set_yscale("log")  # its ticks are mathematics, and made when it is saved
    axes.set_title("a title")
    axes.legend()
    return figure


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_figure_is_saved_in_every_format_with_the_same_bytes_on_another_day(
    tmp_path, monkeypatch
):
    days = [tmp_path / day for day in ("0", "1")]
    for day in days:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(day.name) * 86400))
        style.save(drawing(), day / "of.dots")
    saved, again = map(files, days)
    assert set(saved) == {f"of.dots.{kind}" for kind in ("svg", "pdf", "png")}
    for name, content in saved.items():
        assert len(content) > 1000
        assert content == again[name]


def test_a_figure_is_the_same_whatever_matplotlib_was_told(tmp_path):
    style.save(drawing(), tmp_path / "plain/of")
    drawing().savefig(tmp_path / "plain/by_hand.png", metadata={"Creator": None})
    picture, on_a_page = drawing()._repr_png_(), style.as_svg(drawing())
    with mpl.rc_context(THEIRS):
        figure = drawing()
        style.save(figure, tmp_path / "theirs/of")
        figure.savefig(tmp_path / "theirs/by_hand.png", metadata={"Creator": None})
        assert figure._repr_png_() == picture
        assert style.as_svg(drawing()) == on_a_page
    assert files(tmp_path / "theirs") == files(tmp_path / "plain")


def test_a_figure_changes_neither_backend_nor_settings_nor_open_figures(tmp_path, monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "backend", "svg")
    with mpl.rc_context(THEIRS):
        mine, before = pyplot.figure(), dict(mpl.rcParams)
        figure = drawing()
        style.save(figure, tmp_path / "of")
        style.as_svg(figure)
        figure.savefig(tmp_path / "again.png")
        assert figure._repr_png_().startswith(b"\x89PNG")
        assert dict(mpl.rcParams) == before
        assert before["backend"] == "svg"
        assert pyplot.get_fignums() == [mine.number]
        pyplot.close(mine)


def test_figures_do_not_need_pyplot(python):
    program = (
        "import importlib, sys\n"
        "from recall_horizon.code import catalogue\n"
        "from recall_horizon.presentation.figures import comparison, style\n"
        "for name in catalogue.figures(): importlib.import_module(catalogue.figure(name))\n"
        "style.as_svg(style.subplots()[0])\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert python(program) == "False"


def test_a_step_draws_the_same_in_a_notebooks_shell(python, small_tables, settings, tmp_path):
    """There `MPLBACKEND` may name what the step's environment lacks, and stops matplotlib."""
    study = load({**settings, "models": ["lstm"]})
    table = tmp_path / "theirs" / layout.table("outcomes")
    tables.write(table, small_tables({5: [(0.1, 0.2)]})["outcomes"])
    words = ["figures", "--study", shell_json(jobs.recorded(study))]
    words += ["--results", str(tmp_path / "theirs")]
    theirs = tmp_path / "theirs.matplotlibrc"
    theirs.write_text("axes.grid: True\nfigure.facecolor: black\ntext.usetex: True\n")
    program = (
        "from recall_horizon.__main__ import main\n"
        "from recall_horizon.config import outputs\n"
        "outputs.figures = lambda study: ['outcomes']\n"
        f"assert main({words!r}) == 0"
    )
    python(program, MPLBACKEND="module://not_installed", MATPLOTLIBRC=str(theirs))
    drawn = style.drawn(outcomes, {"outcomes": tables.read(table)}, shown.look_of(study))
    style.save(drawn, tmp_path / "ours/outcomes")
    made = files(tmp_path / "theirs/figures")
    del made["outcomes.json"]
    assert made == files(tmp_path / "ours")


@style.settings()
def test_every_model_has_a_panel_in_order_and_no_other_is_shown(look):
    names = [f"m{i}" for i in range(6)]
    figure, panels = style.panels(look(names), "across", "up", row=1)
    shown = [axes for axes in figure.axes if axes.axison]
    assert shown == list(panels.values())
    assert [axes.get_title(loc="left") for axes in shown] == [name.upper() for name in panels]
    assert list(panels) == names
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("across", "up")


LONG = ["A" * 40, "of many words " * 3, "several-words-with-hyphens-in-one-label", r"\$" * 13]


def test_long_labels_keep_clear_of_each_other(look):
    labels = dict(zip("0123", LONG, strict=True))
    with style.settings():
        figure, panels = style.panels(look([*labels], labels=labels), "across", "up", row=1)
        lines = [
            a.plot([0], label=label)[0] for a, label in zip(panels.values(), LONG, strict=True)
        ]
        style.legend(figure, lines, "lower")
        figure.canvas.draw()
    ends = [axes.get_tightbbox().x1 for axes in panels.values()]
    starts = [axes.get_window_extent().x0 for axes in panels.values()]
    assert all(end < start for end, start in zip(ends, [*starts[1:], figure.bbox.x1], strict=True))
    below = figure.legends[-1].get_window_extent()
    assert figure.bbox.x0 <= below.x0 < below.x1 <= figure.bbox.x1


@pytest.mark.parametrize("label", LONG)
def test_a_long_name_takes_no_more_room_than_it_is_given(label):
    with style.settings():
        _, axes = style.subplots()
        name = axes.set_ylabel(label, rotation=0)
        style.fit(name, 60)
        assert name.get_window_extent().width <= 60
    assert "".join(name.get_text().split()) == "".join(label.split())


def test_a_place_of_a_horizon_is_among_the_tested_lengths():
    lengths = [5, 10, 50]
    assert marks.rank([0, 5, 50, np.inf], lengths).tolist() == [0, 1, 3, 4]
    assert marks.rank([5, 10, np.inf], lengths, longest=10).tolist() == [1, 2, 3]
    assert np.isnan(marks.rank([np.nan], lengths)).all()


def test_lengths_are_ticked_where_they_were_run_at_equal_ratios():
    axes = drawing().axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["5", "10", "100"]
    place = [axes.transData.transform((x, 0))[0] for x in (5, 10, 100)]
    assert (place[2] - place[1]) / (place[1] - place[0]) == pytest.approx(3.3219, abs=1e-3)


def test_figures_have_the_width_of_the_column_whatever_their_height():
    figure, _ = style.subplots(2, 1, height=7)
    assert tuple(figure.get_size_inches()) == (style.FIGURE_WIDTH, 7)


def test_a_legend_stays_within_the_figure():
    """With as many columns as would just fit, its last label would be cut off."""
    with style.settings():
        figure, axes = style.subplots()
        lines = [axes.plot([0], label="A model's name" + "!" * i)[0] for i in range(14)]
        style.legend(figure, lines, "lower")
        figure.canvas.draw()
    placed = figure.legends[0].get_window_extent()
    assert figure.bbox.x0 < placed.x0 < placed.x1 < figure.bbox.x1
