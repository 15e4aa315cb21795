import math

import pytest

from recall_horizon.presentation.quantities import duration, number, percent, power, span
from recall_horizon.presentation.settings import setting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (1.2345, "1.23"),
        (12.345, "12.3"),
        (123.45, "123"),
        (123456.7, "123457"),
        (-0.5, "−0.500"),
        (0.0, "0.000"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short_and_never_scientific(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.21, "0.21"), (1.0, "1"), (3.2e-11, "3·10⁻¹¹"), (2.5e5, "2·10⁵"), (0.0, "0")],
)
def test_powers_are_written_as_people_write_them(value, text):
    assert power(value) == text


def test_shares_have_the_digits_that_they_are_asked_for():
    assert (percent(0.764), percent(0.978515625, 1)) == ("76 %", "97.9 %")


@pytest.mark.parametrize(
    ("ends", "text"), [((64, 64), "64"), ((160, 1600), "160–1,600"), ((math.nan, math.nan), "")]
)
def test_a_span_of_whole_numbers_has_two_ends_where_they_differ(ends, text):
    assert span(*ends) == text


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("learning_rate", 0.003, "0.003"),
        ("batch_size", 200.0, "200"),
        ("batch_size", None, "full batch"),
        ("batch_size", math.nan, "full batch"),
        ("gradient_clip", math.inf, "no clipping"),
    ],
)
def test_a_setting_without_a_bound_has_a_name(key, value, text):
    assert setting(key, value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (45, "45 s"), (120, "2.0 min"), (750, "12.5 min"), (11160, "3.1 h")],
)
def test_durations_are_written_as_people_write_them(seconds, text):
    assert duration(seconds) == text
