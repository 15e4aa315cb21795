import numpy as np
import pytest
from matplotlib.collections import PathCollection

from recall_horizon.presentation.figures import degradation, style


@pytest.fixture
def axes(small_tables, look):
    def draw(ends, **columns):
        tables = small_tables(ends)
        tables["outcomes"] = tables["outcomes"].assign(**columns)
        (axes,) = style.drawn(degradation, tables, look()).axes
        return axes

    return draw


def lines(axes):
    return {line.get_linestyle(): line.get_ydata() for line in axes.lines}


def points(axes):
    """Every scattered point: its length, to the nearest, and its loss."""
    offsets = [c.get_offsets() for c in axes.collections if isinstance(c, PathCollection)]
    return [(round(float(x)), float(y)) for group in offsets for x, y in group]


def test_lines_are_medians_and_the_baseline(axes):
    drawn = lines(axes({5: [(0.1, 0.2), (0.3, 0.4), (0.5, 0.9)], 20: [(0.6, 1.2)] * 3}))
    np.testing.assert_allclose(drawn["-"], [0.4, 1.2])  # held-out
    np.testing.assert_allclose(drawn["--"], [0.3, 0.6])  # training
    np.testing.assert_allclose(drawn[":"], [1.0, 1.0])  # predicting the mean


def test_every_replicate_is_a_point_for_each_loss(axes):
    drawn = points(axes({5: [(0.1, 0.2), (0.3, 0.4)], 20: [(0.5, 0.6), (0.7, 0.8)]}))
    assert sorted(loss for _, loss in drawn) == pytest.approx(
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    )


def test_what_lies_above_the_frame_or_diverged_is_drawn_at_its_edge(axes):
    frame = axes({5: [(0.1, 0.2), (0.3, 1e6), None]})
    edge = degradation.CEILING
    assert sorted(loss for _, loss in points(frame)) == pytest.approx([0.1, 0.2, 0.3, *[edge] * 3])
    assert frame.get_ylim()[1] >= edge


def test_the_frame_begins_at_zero(axes):
    assert axes({5: [(0.1, 0.2)] * 2}).get_ylim()[0] == 0


def test_the_model_is_named_by_its_label(axes):
    assert "An LSTM" in axes({5: [(0.1, 0.2)] * 2}).get_title(loc="left")


def test_the_names_of_losses_that_coincide_do_not_overlap(axes):
    """On the plateau both losses are those of the mean."""
    drawn = axes({5: [(0.01, 0.01)] * 3, 50: [(1.0, 1.0)] * 3})
    held_out, training = (
        next(t for t in drawn.texts if t.get_text() == f"{name} loss").xyann[1]
        for name in ("held-out", "training")
    )
    assert abs(held_out - training) > 0.04  # of the axes


@pytest.mark.parametrize("memorises", ["yes", "no"])
def test_an_arrow_marks_what_the_table_calls_memorised(axes, memorises):
    drawn = axes({5: [(0.1, 0.1)] * 3, 50: [(0.2, 1.2)] * 3}, memorises=memorises)
    texts = [text.get_text() for text in drawn.texts]
    assert ("memorised,\nnot recalled" in texts) == (memorises == "yes")


def test_the_dotted_line_is_the_loss_of_chance_of_the_table(axes):
    drawn = lines(axes({5: [(0.1, 0.2)] * 3, 50: [(0.1, 0.2)] * 3}, chance_loss=0.97))
    np.testing.assert_allclose(drawn[":"], [0.97, 0.97])
