"""Numbers as people read them."""

import math

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """`value` for a reader: about three significant digits, never in scientific notation."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    magnitude = abs(value)
    digits = 0 if magnitude >= 100 else 1 if magnitude >= 10 else 2 if magnitude >= 1 else 3
    return f"{value:.{digits}f}".replace("-", "−")


def power(value: float) -> str:
    """`value` for a reader, with a power of ten if it is very small: 0.21, or 3·10⁻¹¹."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}"
    digits, _, exponent = f"{value:.0e}".partition("e")
    return f"{digits}·10{str(int(exponent)).translate(SUPERSCRIPT)}"


def percent(share: float, digits: int = 0) -> str:
    """A share in percent: 76 %, or 97.9 %."""
    return f"{100 * share:.{digits}f} %"


def span(low: float, high: float) -> str:
    """Whole numbers from `low` to `high`: `64`, or `160–1,600`; nothing if they are not known."""
    if math.isnan(low):
        return ""
    return f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"


def duration(seconds: float) -> str:
    """`seconds` for a reader: 45 s, 12.5 min, 3.1 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
