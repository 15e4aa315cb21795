import pytest

from recall_horizon.presentation.quantities import as_shown, duration, number, power


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
    rounded = float(text.replace("−", "-").replace("∞", "inf"))
    assert as_shown(value) == pytest.approx(rounded, rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.21, "0.21"), (1.0, "1"), (3.2e-11, "3·10⁻¹¹"), (2.5e5, "2·10⁵"), (0.0, "0")],
)
def test_powers_are_written_as_people_write_them(value, text):
    assert power(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (45, "45 s"), (120, "2.0 min"), (750, "12.5 min"), (11160, "3.1 h")],
)
def test_durations_are_written_as_people_write_them(seconds, text):
    assert duration(seconds) == text
