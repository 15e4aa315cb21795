import matplotlib as mpl
import pytest

from recall_horizon import contract
from recall_horizon.presentation.figures import style

WORDS = contract.words("mse", "the first element")


def drawing():
    figure, axes = style.subplots()
    axes.plot([5, 10, 100], [0.1, 0.5, 1.0], label="R²")
    style.length_axis(axes, [5, 10, 100])
    axes.set_title("a title")
    axes.legend()
    return figure


def test_a_figure_is_saved_in_every_format_with_the_same_bytes_on_another_day(
    tmp_path, monkeypatch
):
    days = [tmp_path / day for day in ("0", "1")]
    for day in days:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(day.name) * 86400))
        before = mpl.pyplot.get_fignums()
        style.save(drawing(), day / "of.dots")
        assert mpl.pyplot.get_fignums() == before  # it is not kept in memory
    saved, again = ({path.name: path.read_bytes() for path in day.iterdir()} for day in days)
    assert set(saved) == {f"of.dots.{kind}" for kind in ("svg", "pdf", "png")}
    for name, content in saved.items():
        assert len(content) > 1000
        assert content == again[name]


def test_every_model_has_a_panel_in_order_and_no_other_is_shown():
    names = [f"m{i}" for i in range(6)]
    labels = {name: name.upper() for name in names}
    look = style.Look(
        "m0",
        names,
        labels,
        dict.fromkeys(names, "#000"),
        [],
        0.95,
        WORDS,
    )
    figure, panels = style.panels(look, "across", "up", row=1)
    shown = [axes for axes in figure.axes if axes.axison]
    assert shown == list(panels.values())
    assert [axes.get_title(loc="left") for axes in shown] == [labels[name] for name in panels]
    assert list(panels) == names
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("across", "up")
    mpl.pyplot.close("all")


def test_lengths_are_ticked_where_they_were_run_at_equal_ratios():
    axes = drawing().axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["5", "10", "100"]
    place = [axes.transData.transform((x, 0))[0] for x in (5, 10, 100)]
    assert (place[2] - place[1]) / (place[1] - place[0]) == pytest.approx(3.3219, abs=1e-3)
    mpl.pyplot.close("all")


def test_figures_have_the_width_of_the_column_whatever_their_height():
    figure, _ = style.subplots(2, 1, height=7)
    assert tuple(figure.get_size_inches()) == (style.WIDTH, 7)
    mpl.pyplot.close("all")
