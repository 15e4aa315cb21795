"""What recall costs: the horizon of models of several sizes, against what they keep and spend."""

import numpy as np
import pandas as pd


def frontier(
    horizons: pd.DataFrame,
    generalisation: pd.DataFrame,
    models: pd.DataFrame,
    budgets: pd.DataFrame,
    families: dict[str, str],
) -> pd.DataFrame:
    """A row for each model of a family and threshold of the score.

    Columns: model, family, width; threshold; passes, fails, low, high and coverage, its recall
    horizon as in the horizons table, or over all lengths tested if it is trained on all; length,
    the longest trained on that it recalls, or the shortest where it recalls none, and for it state,
    the numbers that it keeps of what it has read, and parameters; elements, that it reads in
    training; frontier, whether no other recalls further, or as far, with fewer numbers of state.

    Args:
        horizons: the horizons table.
        generalisation: the generalisation table.
        models: the models table.
        budgets: the budgets table, for the elements read until the last epoch.
        families: of each model of several sizes, what it is a size of.
    """
    sizes = models.set_index(["model", "length"])
    spent = budgets.sort_values("epoch").groupby("model")["elements"].last()
    kept = ["threshold", "passes", "fails", "low", "high", "coverage"]
    on_all = generalisation[~generalisation["trained_on"].str.isdecimal()]
    alone = horizons[~horizons["model"].isin(on_all["model"])]
    reached = pd.concat([alone, on_all])
    rows = []
    for row in reached[reached["model"].isin(families)].to_dict("records"):
        lengths = sizes.loc[row["model"]].index
        length = max(lengths[lengths <= row["passes"]], default=min(lengths))
        size = sizes.loc[(row["model"], length)]
        about = {"model": row["model"], "family": families[row["model"]]}
        about |= {name: size[name] for name in ("width", "state", "parameters")}
        about |= {"elements": spent[row["model"]], "length": length}
        rows.append({**about, **{name: row[name] for name in kept}})
    table = pd.DataFrame(rows)
    table["frontier"] = [_leads(row, table) for row in table.to_dict("records")]
    return table


def _leads(row: dict, table: pd.DataFrame) -> bool:
    """Whether a model recalls something, and no other as far with less state, or further with as
    much."""
    state = table["state"].astype(float).fillna(np.inf)
    others = table[(table["threshold"] == row["threshold"]) & (table["model"] != row["model"])]
    less, as_much = state[others.index] < row["state"], state[others.index] == row["state"]
    as_far, further = others["passes"] >= row["passes"], others["passes"] > row["passes"]
    beaten = (less & as_far) | (as_much & further)
    return bool(row["passes"] > 0 and pd.notna(row["state"]) and not beaten.any())
