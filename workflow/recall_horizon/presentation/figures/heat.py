"""How a heat map shows a score: its text and its colours. Not a figure."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex

from recall_horizon.presentation.figures.style import GREY, INK

# Scores from 0 to 1: colours at equal distances in OKLab (Ottosson, 2020), so that equal steps look
# equal; also in greyscale. A colour of its own for all that recall nothing.
RAMP = ("#d9eee0", "#b0d7d4", "#87c0c8", "#5baabc", "#3891ac", "#2e7597", "#245b82", "#1b416e")
RAMP += ("#14285a",)
NOTHING = "#ebebe8"
SCORES = LinearSegmentedColormap.from_list("scores", RAMP)


def short(score: float) -> str:
    """A score in three signs or four: `.99`, `>.99` of less than 1, `−3.9`, `−12`; `–` where there
    is none."""
    if np.isnan(score):
        return "–"
    if score < -99.5:
        return "−∞" if np.isinf(score) else "≪ 0"
    if 0.995 <= score < 1:
        return ">.99"
    text = f"{score:.2f}" if score > -0.095 else f"{score:.1f}" if score > -9.95 else f"{score:.0f}"
    text = text.replace("0.", ".").removesuffix(".00")
    return {"1.00": "1", "": "0", "-.00": "0", "-": "0"}.get(text, text).replace("-", "−")


def colour(score: float) -> str:
    """A score's colour: from light to dark, and one for all that recall nothing."""
    return to_hex(SCORES(min(score, 1.0))) if score > 0 else NOTHING


def ink(score: float) -> str:
    """The colour of a score's text."""
    return "white" if score > 0.5 else INK if score > 0 else GREY
