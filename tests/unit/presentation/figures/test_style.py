import matplotlib as mpl
import pytest

from recall_horizon.presentation.figures import style


def drawing():
    figure, axes = style.subplots()
    axes.plot([5, 10, 100], [0.1, 0.5, 1.0], label="R²")
    style.length_axis(axes, [5, 10, 100])
    axes.set_title("a title")
    axes.legend()
    return figure


@pytest.mark.parametrize("kind", style.FORMATS)
def test_the_same_figure_is_the_same_bytes_on_another_day(tmp_path, kind, monkeypatch):
    for day, name in enumerate(("one", "two")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day * 86400))
        style.save(drawing(), tmp_path / name)
    one, two = (tmp_path / f"{name}.{kind}" for name in ("one", "two"))
    assert one.stat().st_size > 1000
    assert one.read_bytes() == two.read_bytes()


def test_a_figure_is_saved_in_every_format_and_nothing_else(tmp_path):
    style.save(drawing(), tmp_path / "folder" / "of.dots")
    names = {path.name for path in (tmp_path / "folder").iterdir()}
    assert names == {f"of.dots.{kind}" for kind in ("svg", "pdf", "png")}


def test_a_saved_figure_is_not_kept_in_memory(tmp_path):
    before = mpl.pyplot.get_fignums()
    style.save(drawing(), tmp_path / "one")
    assert mpl.pyplot.get_fignums() == before


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
