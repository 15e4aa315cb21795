"""Captions of Snakemake's own report, which reads them as reStructuredText."""

import re

MARKUP = re.compile(r"[^\w\s]|_")


def literal(text: str) -> str:
    """`text` as reStructuredText that is read as one paragraph of these words, and no markup.

    In a caption of Snakemake's report `|x|` would stand for a text of that name, and `x_` for a
    link to it. After a backslash every character stands for itself.
    """
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
