"""Numbers as people read them."""

import math

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """`value` for a reader: about three significant digits, never in scientific notation."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{_digits(value)}f}".replace("-", "−")


def as_shown(value: float) -> float:
    """`value` rounded to what `number` shows of it."""
    return value if math.isinf(value) else float(f"{value:.{_digits(value)}f}")


def _digits(value: float) -> int:
    magnitude = abs(value)
    return 0 if magnitude >= 100 else 1 if magnitude >= 10 else 2 if magnitude >= 1 else 3


def power(value: float) -> str:
    """`value` for a reader, with a power of ten if it is very small: 0.21, or 3·10⁻¹¹."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}"
    digits, _, exponent = f"{value:.0e}".partition("e")
    return f"{digits}·10{str(int(exponent)).translate(SUPERSCRIPT)}"


def duration(seconds: float) -> str:
    """`seconds` for a reader: 45 s, 12.5 min, 3.1 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
