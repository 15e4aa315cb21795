"""The verdicts of the verification table, as text."""

from collections.abc import Iterator

import pandas as pd

KINDS = (
    *("identical", "consistent", "different"),
    *("too few to tell", "another experiment", "other settings chosen", "not in the reference"),
)
# What the column differs is about, where it has something to say.
DIFFERENCES = {
    "another experiment": "It differs from the experiment of the reference in",
    "other settings chosen": "The other settings chosen differ in",
}
COMPARED = ("identical", "consistent")


def reference(table: pd.DataFrame) -> str:
    """The study whose reference it was."""
    return str(table["reference"].iloc[0])


def counted(table: pd.DataFrame) -> str:
    """The verdicts in a few sentences: how many of each, what differs and by how much."""
    whole = table["length"].astype(str) == "all"
    cells, models = table[~whole], table[whole]
    text = f"Of {len(cells)} combinations of a model and a length, {_counts(cells)}."
    if len(models):
        many = "1 model" if len(models) == 1 else f"{len(models)} models"
        text += f" Over all lengths of a model, of {many}, {_counts(models)}."
    for verdict, about in DIFFERENCES.items():
        different = table.loc[table["verdict"] == verdict, "differs"]
        keys = {part.partition(":")[0] for row in different for part in row.split("; ")}
        if keys:
            text += f" {about} {', '.join(sorted(keys))}."
    known = cells[cells["difference"].notna()]
    if len(known) and not known["difference"].eq(0).all():
        row = known.loc[known["difference"].abs().idxmax()]
        text += (
            f" The largest difference is {row['difference']:+.3f} in median held-out score, of "
            f"{row['model']} at T = {row['length']} ({row['verdict']})."
        )
    return text


def _counts(rows: pd.DataFrame) -> str:
    counts = rows["verdict"].value_counts()
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if kind in counts)


def lines(table: pd.DataFrame) -> Iterator[str]:
    """Each verdict with its numbers; below a model, once, what makes it another experiment."""
    for model, rows in table.groupby("model", sort=False):
        for row in rows.itertuples():
            yield f"{model:24} T = {row.length!s:<5} {row.verdict:22} {_numbers(row)}".rstrip()
        another = rows.loc[rows["verdict"] == "another experiment", "differs"]
        for difference in dict.fromkeys(another):
            yield from (f"{'':24} {part}" for part in difference.split("; "))


def _numbers(row: pd.Series) -> str:
    """The numbers, or the settings of this length, that a verdict is based on."""
    if row.verdict == "other settings chosen":
        return row.differs
    parts = []
    if pd.notna(row.difference):
        parts.append(f"median score {row.score_median:.3f} against {row.reference_median:.3f}")
    if row.verdict != "identical" and pd.notna(row.early_difference):
        parts.append(f"first epochs apart by {row.early_difference:.1g} of a loss")
    if pd.notna(row.adjusted_p):
        parts.append(f"p = {row.adjusted_p:.2g} (corrected)")
    return ", ".join(parts)


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
