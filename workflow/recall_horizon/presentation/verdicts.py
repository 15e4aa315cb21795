"""The verdicts of the verification table, for a terminal."""

from collections.abc import Iterator

import pandas as pd

from recall_horizon.presentation.sentences import section, words

COMPARED = ("identical", "consistent")
TEXT = words("sentences.j2")


def reference(table: pd.DataFrame) -> str:
    """The study whose reference it was."""
    return str(table["reference"].iloc[0])


def counted(table: pd.DataFrame) -> str:
    """The verdicts in a few sentences: how many of each, what differs and by how much."""
    return " ".join(section(TEXT.verified(table.to_dict("records"))).sentences)


def lines(table: pd.DataFrame) -> Iterator[str]:
    """Each verdict with its numbers; below a model, once, what makes it another experiment."""
    for model, rows in table.groupby("model", sort=False):
        for row in rows.to_dict("records"):
            numbers = TEXT.evidence(row)
            yield f"{model:24} T = {row['length']!s:<5} {row['verdict']:22} {numbers}".rstrip()
        another = rows.loc[rows["verdict"] == "another experiment", "differs"]
        for difference in dict.fromkeys(another):
            yield from (f"{'':24} {part}" for part in difference.split("; "))


def why_not(table: pd.DataFrame) -> str | None:
    """Why the study does not reproduce the reference; None if it does."""
    verdicts = set(table["verdict"])
    if "different" in verdicts:
        return "this study does not reproduce the reference: some of its losses are different"
    if "another experiment" in verdicts:
        return "this study is not the reference's experiment: a model was trained differently"
    if not verdicts & set(COMPARED):
        return f"nothing of this study could be compared: {', '.join(sorted(verdicts))}"
    return None
