"""Where the figure of sensitivity places elements, and what its chart calls them."""

import numpy as np
import pandas as pd
import pytest
import vl_convert

from recall_horizon.cli import library
from recall_horizon.presentation.figures import sensitivity, style

# Steps by length: of tasks with as many, with more, and with as many at every length.
STEPS = pytest.mark.parametrize("steps", [{3: 3, 30: 30}, {3: 7, 30: 61}, {3: 60, 30: 60}])


def profiles_of(steps):
    """Tables of a model's profiles, of sequences with so many `steps` by their length."""
    rows = [
        ("lstm", length, stage, t, *[np.exp(t - number)] * 3)
        for length, number in steps.items()
        for stage in ("initial", "final")
        for t in range(1, number + 1)
    ]
    columns = ["model", "length", "stage", "position", "lower_quartile", "median", "upper_quartile"]
    return {"profiles": pd.DataFrame(rows, columns=columns)}


@STEPS
def test_an_element_is_drawn_at_its_distance_from_the_end_of_the_sequence(steps, look):
    figure = style.drawn(sensitivity, profiles_of(steps), look())
    for axes in figure.axes:
        lines = [x for line in axes.lines if len(x := line.get_xdata()) > 1]
        assert [list(x) for x in lines] == [list(range(n))[::-1] for n in steps.values()]
        dots = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
        assert dots == [n - 1 for n in steps.values()]  # the first step
        high, low = axes.get_xlim()  # the first step is on the left
        assert low < 0
        assert high >= max(steps.values()) - 1


@STEPS
def test_the_chart_has_every_element_and_names_it_by_its_step(steps, look):
    chart = sensitivity.chart(profiles_of(steps), look()).specification
    for length, number in steps.items():
        for stage in ("initial", "final"):
            points = [
                (p["distance"], p["position"])
                for p in chart["data"]["values"]
                if (p["length"], p["stage"]) == (length, stage)
            ]
            names = [f"{t} of {number}" for t in range(1, number + 1)]
            assert points == list(zip(range(number)[::-1], names, strict=True))
    ticks = chart["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert ticks == [d for d in (0, 1, 3, 10, 30, 100) if d <= max(steps.values())]
    assert vl_convert.vegalite_to_vega(chart, library.VEGA_LITE)


@pytest.mark.parametrize("caption", [sensitivity.CAPTION, sensitivity.CHART_CAPTION])
def test_the_captions_describe_and_explain_nothing(caption):
    assert "gradient" not in caption


def test_of_a_long_sequence_both_ends_are_in_the_chart(look):
    points = sensitivity.chart(profiles_of({1000: 1020}), look()).specification["data"]["values"]
    names = {p["distance"]: p["position"] for p in points if p["stage"] == "final"}
    assert names[0] == "1020 of 1020"
    assert names[1019] == "1 of 1020"
