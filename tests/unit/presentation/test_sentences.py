"""No sentence claims what the intervals that it cites do not show.

Random tables are turned into sentences, and these are parsed. Every number that a sentence cites is
the table's; every claim (better, worse, rises, longer, memorises, …) holds of the intervals as the
reader sees them; what is claimed of a length is what its interval shows; no two sentences
contradict each other. A sentence that matches no pattern here also fails, so whoever adds one has
to add its check.
"""

import re
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recall_horizon.analysis.budgets import GROWTH
from recall_horizon.analysis.horizons import censored
from recall_horizon.analysis.outcomes import OUTCOMES
from recall_horizon.contract import words
from recall_horizon.presentation.findings import findings
from recall_horizon.presentation.intervals import horizon_text
from recall_horizon.presentation.quantities import number

LABELS = {"lstm": "Long Memory", "gru": "Gated", "attn": "Attention", "conv": "Dilated"}
LOOK = {
    "headline": "lstm",
    "models": [*LABELS, "blind"],
    "labels": {**LABELS, "blind": "Blind"},
    "controls": ["blind"],
    "words": words("mse", "the first element"),
}
CRITICAL = 1.4e-3
UNDECIDED = "can neither be confirmed nor refuted with these data"

NUMBER = r"−?(?:\d+\.\d+|∞)"
VALUE = rf"{NUMBER}(?: \[{NUMBER}, {NUMBER}\])?"
HORIZON = r"(?:[<≥] )?\d+(?: \[(?:[<≥] )?\d+, (?:[<≥] )?\d+\])?"
STATED = rf"{HORIZON}(?: and still growing)?"
BUDGET = r"\d+ epochs? of (?:one batch of [\d,]+ sequences|[\d,]+ sequences in [\d,]+ batches)"
BUDGETS = rf"{BUDGET}|their budgets, \d+ to \d+ steps"


class Interval(NamedTuple):
    low: float
    high: float

    def versus(self, other):
        return "above" if self.low > other.high else "below" if self.high < other.low else "level"

    def against(self, threshold):
        return "yes" if self.low >= threshold else "no" if self.high < threshold else "unknown"


def to_float(text):
    return float(text.replace("−", "-").replace("∞", "inf"))


def shown(value):
    return to_float(number(value))


def reach(text):
    """The horizons that `14 [< 5, ≥ 100]` allows: beyond 100, any."""
    parts = re.findall(r"([<≥]?) ?(\d+)", text)
    (below, low), (sign, high) = (parts * 2)[-2:]
    ends = {"≥": np.inf, "<": float(high) - 0.5, "": float(high)}
    return Interval(-np.inf if below == "<" else float(low), ends[sign])


class Study:
    """The tables behind the sentences, and the lengths or models of each claim."""

    def __init__(self, tables):
        self.tables = tables
        summary = tables["summary"]
        self.cells = summary.set_index(["model", "epoch", "length"]).sort_index()
        self.epochs = summary["epoch"].max()
        self.lengths = sorted(set(summary["length"]))
        self.alone = summary["replicates"].max() == 1
        self.lesson = summary["task"].iloc[0] == "first_element"
        measured = tables["horizons"][tables["horizons"]["threshold"] == 0.9]
        self.horizon = {row["model"]: horizon_text(row) for _, row in measured.iterrows()}
        growth = tables["growth"][tables["growth"]["threshold"] == 0.9]
        self.growth = {row["model"]: row for _, row in growth.iterrows()}
        budgets = tables["budgets"][tables["budgets"]["threshold"] == 0.9]
        self.budgets = budgets.set_index(["model", "epoch"]).sort_index()
        self.grows = {m for m in self.growth if not self.alone and self.grew(m) == "grows"}
        self.claims = defaultdict(set)

    def interval(self, column, t, epoch=None, model="lstm"):
        row = self.cells.loc[(model, epoch or self.epochs, t)]
        return Interval(shown(row[f"{column}_low"]), shown(row[f"{column}_high"]))

    def cited(self, text, column, t, epoch=None):
        """The interval that a sentence cites, after a check that the table agrees."""
        told = [to_float(found) for found in re.findall(NUMBER, text)]
        value = shown(self.cells.loc[("lstm", epoch or self.epochs, int(t))][column])
        interval = self.interval(column, int(t), epoch)
        assert told == ([value] if self.alone else [value, *interval])
        return interval

    def budget(self, model="lstm"):
        """How a model's budget is told: counted once more, from the table."""
        last = self.budgets.loc[model].iloc[-1]
        epochs = self.budgets.loc[model].index[-1]
        batches, seen = last["steps"] // epochs, last["sequences"] // epochs
        batches = (
            f"one batch of {seen:,} sequences"
            if batches == 1
            else (f"{seen:,} sequences in {batches:,} batches")
        )
        return f"{epochs} epoch{'' if epochs == 1 else 's'} of {batches}"

    def budget_of(self, models):
        told = {self.budget(m) for m in models}
        steps = [self.budgets.loc[m].iloc[-1]["steps"] for m in models]
        if len(told) == 1:
            return told.pop()
        return f"their budgets, {min(steps)} to {max(steps)} steps"

    def grew(self, model):
        """What the table shows of a horizon over the last doubling of its budget."""
        row = self.growth[model]
        if row["censoring"] == "above":
            return "beyond"
        factor = Interval(shown(row["growth_low"]), shown(row["growth_high"]))
        how = factor.versus(Interval(1.0, 1.0))
        if how != "level":
            return {"above": "grows", "below": "shrinks"}[how]
        ends = [self.budgets.loc[(model, row[epoch])] for epoch in ("from_epoch", "epoch")]
        inside = all(end[f"{e}_censoring"] == "none" for end in ends for e in ("low", "high"))
        narrow = factor.low > 1 / 1.1 and factor.high < 1.1
        return "stops" if inside and narrow else "unknown"

    def states(self, model):
        return self.horizon[model] + (" and still growing" if model in self.grows else "")

    def mean(self, t):
        scores = self.tables["datasets"].set_index("length")["baseline_loss"][int(t)]
        return Interval(shown(scores), shown(scores))

    def recalls(self, t, model="lstm"):
        return self.interval("score_median", t, model=model).against(0.9)


READ = {}


def reads(*pattern):
    """Registers the function that parses and checks the sentences that match a pattern."""
    return lambda check: READ.setdefault("".join(pattern), check)


def listed(text, pattern):
    """The groups of each item of a list, `A, B and C`, which contains nothing else."""
    assert re.fullmatch(r"(?:, | and |^)?(?:X(?:, | and )?)+", re.sub(pattern, "X", text)), text
    return re.findall(pattern, text)


def cases(text, verbs):
    """The verbs of `rises at A and B; falls at C`, the meaning of each, and its list."""
    _, *parts = re.split(rf"(?:^|; )({'|'.join(verbs)}) at ", text)
    assert parts, text
    return [(verb, verbs[verb], items) for verb, items in zip(parts[::2], parts[1::2], strict=True)]


@reads(
    rf"After ({BUDGET}), the Long Memory recalls (.+?) (at every length tested, )?up to "
    rf"T = (\d+), where its median held-out R² is ({VALUE})(?:; at T = (\d+) it is below 0\.9 "
    rf"\(({VALUE})\)|; whether it reaches 0\.9 at T = (\d+) cannot be told \(({VALUE})\))?\."
)
def _recalls(study, budget, target, every, t, r2, no_t, no, unknown_t, unknown):
    assert (budget, target == "the first element") == (study.budget(), study.lesson)
    study.cited(r2, "score_median", t)
    within = {length for length in study.lengths if length <= int(t)}
    study.claims["recalls"] = within
    assert bool(every) == (within == set(study.lengths)) == (not no and not unknown)
    if not every:
        following = no_t or unknown_t
        verdict = study.cited(no or unknown, "score_median", following).against(0.9)
        assert verdict == ("no" if no else "unknown")
        assert int(following) == study.lengths[len(within)]
        study.claims["recalls not" if no else "recalls perhaps"] = {int(following)}


@reads(
    rf"After ({BUDGET}), the Long Memory does not recall (.+?) at any length tested: its median "
    rf"held-out R² stays below 0\.9 \(at T = (\d+) it is ({VALUE})\)\."
)
def _recalls_nowhere(study, budget, target, t, r2):
    assert (budget, target == "the first element") == (study.budget(), study.lesson)
    study.cited(r2, "score_median", t)
    study.claims["recalls not"] = set(study.lengths)


@reads(
    rf"After ({BUDGET}), (?:(the Long Memory does not recall)|it cannot be told whether the Long "
    r"Memory recalls) (.+?) even at T = (\d+), the shortest length, where its median held-out R² "
    rf"is ({VALUE})\."
)
def _not_even_at_the_shortest(study, budget, certain, target, t, r2):
    assert (budget, target == "the first element") == (study.budget(), study.lesson)
    assert int(t) == study.lengths[0]
    assert any(study.recalls(length) != "no" for length in study.lengths)
    study.cited(r2, "score_median", t)
    study.claims["recalls not" if certain else "recalls perhaps"] = {int(t)}


@reads(rf"After ({BUDGET}), the held-out R² of the one replicate of the Long Memory is (.+)\.")
def _one_replicate(study, budget, values):
    assert study.alone
    assert budget == study.budget()
    found = listed(values, rf"({NUMBER}) at T = (\d+)")
    assert [int(t) for _, t in found] == study.lengths
    for r2, t in found:
        study.cited(r2, "score_median", t)


@reads(r"Compared with predicting the mean, its median held-out error (.+)\.")
def _against_the_mean(study, told):
    verbs = {"is better": "below", "cannot be told apart": "level", "is worse": "above"}
    item = rf"T = (\d+) \(({VALUE}) against ({NUMBER}); (\d+) of (\d+) solved\)"
    for verb, how, items in cases(told, verbs):
        for t, mse, mean, solved, replicates in listed(items, item):
            assert to_float(mean) == study.mean(t).low
            assert study.cited(mse, "test_loss_median", t).versus(study.mean(t)) == how
            row = study.cells.loc[("lstm", study.epochs, int(t))]
            assert (int(solved), int(replicates)) == (row["solved"], row["replicates"])
            study.claims[verb].add(int(t))


@reads(
    rf"The training loss tells another story: at T = (\d+) it is ({VALUE}) while the held-out loss "
    rf"is ({VALUE}), above the ({NUMBER}) that predicting the mean scores: the network memorises, "
    r"it does not recall\."
)
def _memorises(study, t, train, test, mean):
    assert to_float(mean) == study.mean(t).low
    assert study.cited(train, "train_loss_median", t).versus(study.mean(t)) == "below"
    assert study.cited(test, "test_loss_median", t).versus(study.mean(t)) == "above"
    study.claims["gap"] = study.claims["memorises"] = {int(t)}


@reads(rf"At T = (\d+) the training loss, ({VALUE}), is below the held-out loss, ({VALUE})\.")
def _gap(study, t, train, test):
    train = study.cited(train, "train_loss_median", t)
    test = study.cited(test, "test_loss_median", t)
    assert train.versus(test) == "below"
    assert (train.versus(study.mean(t)), test.versus(study.mean(t))) != ("below", "above")
    study.claims["gap"] = {int(t)}


@reads(r"Training and held-out loss cannot be told apart at (any length|.+)\.")
def _no_gap(study, where):
    study.claims["no gap"] = (
        set(study.lengths)
        if where == "any length"
        else {int(t) for t in listed(where, r"T = (\d+)")}
    )


@reads(
    rf"The recall horizon of the Long Memory after ({BUDGET}), at R² ≥ 0\.9, is ({STATED})\."
    r"( Clearly longer: .+?\.| No other model's is clearly longer\.)?( Clearly shorter: .+\.)?"
)
def _comparison(study, budget, own, longer, shorter):
    assert (budget, own) == (study.budget(), study.states("lstm"))
    assert bool(longer) == (not study.alone)
    item = rf"([A-Z]\w+) \(({HORIZON})( and still growing)?(?:, after ({BUDGET}))?\)"
    for claim, how, models in (("longer", "above", longer), ("shorter", "below", shorter)):
        for label, text, still, spent in re.findall(item, models or ""):
            model = next(m for m, name in LOOK["labels"].items() if name == label)
            assert f"{text}{still}" == study.states(model)
            assert (spent or budget) == study.budget(model)
            assert reach(text).versus(reach(study.horizon["lstm"])) == how
            study.claims[claim].add(model)


@reads(r"From epoch (\d+) to (\d+), the recall horizon at R² ≥ 0\.9 (.+)\.")
def _grows(study, start, end, told):
    assert int(start) * 2 <= int(end)
    assert not study.alone
    verbs = {
        "still grows clearly": "grows",
        "shrinks clearly": "shrinks",
        "has stopped growing, to within a tenth,": "stops",
        "cannot be told to grow or to have stopped": "unknown",
        "ends beyond the model's longest length, where growth cannot be told,": "beyond",
    }
    verb, items = re.fullmatch(rf"({'|'.join(verbs)}) for the (.+)", told).groups()
    item = rf"([A-Z]\w+(?: Memory)?) \(from ({HORIZON}) to ({HORIZON})"
    item += rf"(?:, a factor of( at least| at most)? ({VALUE}))?\)"
    for label, before, after, bound, factor in listed(items, item):
        model = next(m for m, name in LOOK["labels"].items() if name == label)
        row = study.growth[model]
        assert (int(start), int(end)) == (row["from_epoch"], row["epoch"])
        assert before == horizon_text(study.budgets.loc[(model, int(start))])
        assert after == horizon_text(study.budgets.loc[(model, int(end))])
        assert after == study.horizon[model]
        assert study.grew(model) == verbs[verb]
        ends = {row["from_censoring"], row["censoring"]}
        # A claim cites its interval; a bound is said to be one.
        assert factor or (verbs[verb] in ("unknown", "beyond") and ends != {"none"})
        if factor:
            told = [to_float(found) for found in re.findall(NUMBER, factor)]
            ratio = [shown(row[f"growth{end}"]) for end in ("", "_low", "_high")]
            assert told == ratio
            assert bool(bound) == (ends != {"none"})
        study.claims[verbs[verb]].add(model)


@reads(r"Whether the recall horizon of the Long Memory still grows cannot be told: no losses .+\.")
def _growth_unseen(study):
    assert "lstm" not in study.growth
    assert not study.alone


@reads(
    r"The lesson's reason, vanishing gradients, (.+?): of the (\d+) combinations of a recurrent "
    r"model and a length whose untrained s0 is at least 0\.0014, (\d+) end, after "
    rf"({BUDGETS}), with a median R² of 0\.9 or more, (\d+) with less, and (\d+) cannot be told; "
    r"of the (\d+) below it, (\d+), (\d+) and (\d+)\. The rule, fixed beforehand, is right in "
    r"(\d+) (?:to (\d+) )?% of them\."
)
def _reason(study, verdict, total, solved, budget, *counts):
    assert budget == study.budget_of(("lstm", "gru"))
    counts = (total, solved, *counts)
    assert study.lesson
    assert not study.alone
    *counts, least, most = (int(count or -1) for count in counts)
    alive, faded = counts[:4], counts[4:]
    s0 = study.tables["sensitivity"].groupby(["model", "length"])["s0"].median()
    for (total, *told), lives in ((alive, True), (faded, False)):
        cells = [(m, t) for m in ("lstm", "gru") for t in study.lengths]
        verdicts = [study.recalls(t, m) for m, t in cells if (s0[(m, t)] >= CRITICAL) == lives]
        assert told == [verdicts.count(answer) for answer in ("yes", "no", "unknown")]
        assert total == len(verdicts) == sum(told)
    right, unknown, total = alive[1] + faded[2], alive[3] + faded[3], alive[0] + faded[0]
    assert abs(least - 100 * right / total) <= 0.5
    assert abs(most - 100 * (right + unknown) / total) <= 0.5 or (most, unknown) == (-1, 0)
    if verdict == "fits these data":
        assert right / total >= 0.75
        assert alive[1]
        assert faded[2]
    elif verdict == "does not fit these data":
        assert (right + unknown) / total < 0.75 or alive[2] == alive[0] or faded[1] == faded[0]
    else:
        assert verdict == UNDECIDED
        assert unknown


@reads(
    r"From epoch (\d+) to (\d+) the interquartile mean R² of the Long Memory, where it does not "
    r"end clearly at 0\.9 or more, (.+)\."
)
def _changes(study, earlier, last, told):
    assert int(last) == study.epochs >= 2 * int(earlier) > 0
    verbs = {"rises clearly": "above", "falls clearly": "below", "does not clearly change": "level"}
    for verb, how, items in cases(told, verbs):
        for t, before, after in listed(items, rf"T = (\d+) \(from ({VALUE}) to ({VALUE})\)"):
            before = study.cited(before, "score_iqm", t, int(earlier))
            assert study.cited(after, "score_iqm", t).versus(before) == how
            study.claims[verb].add(int(t))


@reads(
    rf"Beyond its horizon at R² ≥ 0\.9, after ({BUDGET}), the (\d+) replicates? of the Long Memory "
    r"ended as follows: (.+)\."
)
def _ended(study, budget, replicates, told):
    assert budget == study.budget()
    table = study.tables["outcomes"]
    rows = table[table["model"] == "lstm"].set_index("length")
    for text in told.split("; "):
        t, ends = re.fullmatch(r"at T = (\d+), (.+)", text).groups()
        counts = {name: int(n) for n, name in listed(ends, r"(\d+) ([a-z][a-z ]+?)(?=, | and |$)")}
        assert list(counts.values()) == sorted(counts.values(), reverse=True)
        row = rows.loc[int(t)]
        # Every replicate of a length is told of, and no end that none came to.
        assert counts == {name.replace("_", " "): row[name] for name in OUTCOMES if row[name]}
        assert sum(counts.values()) == int(replicates) == row["replicates"]
        study.claims["ended"].add(int(t))


@reads(r"Before any training, the first (?:element|step) moves .+ at T = \d+\.")
def _fading(study):
    """A value without a claim."""


@reads(r"After training, the share of all sensitivity .+?(; perfect recall would be 100 %)?\.")
def _concentration(study, perfect):
    assert bool(perfect) == study.lesson


@reads(
    r"Between the horizons that untrained networks predict and those measured after "
    rf"({BUDGETS}), the rank correlation over (\d+) recurrent models is .+\."
)
def _correlation(study, budget, number):
    assert study.lesson
    assert number == "2"
    assert budget == study.budget_of(("lstm", "gru"))


def check(tables):
    """Parses every sentence about `tables` and checks it against them."""
    study = Study(tables)
    lesson = tables["summary"]["task"].iloc[0] == "first_element"
    said = findings(tables, LOOK if lesson else {**LOOK, "words": words("mse")}, 0.9)
    assert len(said["degradation"]) <= 3
    for sentence in (sentence for sentences in said.values() for sentence in sentences):
        read = [(found, hold) for p, hold in READ.items() if (found := re.fullmatch(p, sentence))]
        assert len(read) == 1, sentence
        read[0][1](study, *read[0][0].groups())
    claims, lengths = study.claims, set(study.lengths)
    own = tables["horizons"].query("model == 'lstm' and threshold == 0.9").iloc[0]
    least = {"below": 0, "none": own["horizon"], "above": np.inf}[own["censoring"]]
    assert claims.pop("ended", set()) == {t for t in lengths if t > least}
    if study.alone:
        assert not any(claims.values())
        return
    # What is claimed of a length is what its interval shows, and nothing is left out.
    answers = {"recalls": "yes", "recalls not": "no", "recalls perhaps": "unknown"}
    for claim, answer in answers.items():
        assert all(study.recalls(t) == answer for t in claims[claim])
    assert any(claims[claim] for claim in answers)
    kinds = [claims[kind] for kind in ("is better", "cannot be told apart", "is worse")]
    assert set.union(*kinds) == lengths - claims["recalls"]
    assert sum(map(len, kinds)) == len(lengths - claims["recalls"])
    losses = {
        t: [study.interval(f"{s}_loss_median", t) for s in ("test", "train")] for t in lengths
    }
    known = {t: a.versus(b) for t, (a, b) in losses.items() if np.isfinite([a.low, b.high]).all()}
    assert claims["gap"] == set(sorted(t for t, how in known.items() if how == "above")[-1:])
    level = set(known) if set(known.values()) == {"level"} else set()
    assert claims["no gap"] == level
    own, rivals = reach(study.horizon["lstm"]), set(LABELS) - {"lstm"}
    for claim, how in (("longer", "above"), ("shorter", "below")):
        shows = {m for m in rivals if reach(study.horizon[m]).versus(own) == how}
        assert claims[claim] == shows
    verbs = ("rises clearly", "falls clearly", "does not clearly change")
    changes = set.union(*(claims[verb] for verb in verbs))
    unsolved = {t for t in lengths if study.interval("score_iqm", t).against(0.9) != "yes"}
    halfway = {e for e in set(study.tables["summary"]["epoch"]) if 0 < e <= study.epochs / 2}
    assert changes == (unsolved if halfway else set())
    verdicts = ("grows", "shrinks", "stops", "unknown", "beyond")
    assert set.union(*(claims[verdict] for verdict in verdicts)) == set(study.growth) - {"blind"}
    assert sum(len(claims[verdict]) for verdict in verdicts) == len(set(study.growth) - {"blind"})
    # No two sentences contradict each other.
    assert claims["memorises"] <= claims["is worse"]
    assert claims["recalls"].isdisjoint(claims["memorises"] | claims["recalls not"])


# Scores and losses that are apart, equal, or closer than the shown digits; diverged at the ends.
SCORES = [-np.inf, -0.5, -0.021, -0.0004, 0.0, 0.02, 0.5, 0.8996, 0.9, 0.9004, 0.95, 1.0]
FACTORS = [0.2, 0.8, 0.92, 0.9996, 1.0, 1.0004, 1.02, 1.0996, 1.2, 3.0]
LOSSES = [0.0, 0.004, 0.1, 0.5, 0.97, 0.9996, 1.0, 1.004, 1.03, 1.5, np.inf]


def ends(values):
    """A value and the ends of its interval, close together in `values`: [low, value, high]."""
    places = st.tuples(st.integers(0, len(values) - 1), st.integers(0, 2), st.integers(0, 3))
    return places.map(lambda at: [values[min(i, len(values) - 1)] for i in np.cumsum(at)])


def named(column, interval, alone):
    low, value, high = interval
    low, high = (np.nan, np.nan) if alone else (low, high)
    return {f"{column}_low": low, column: value, f"{column}_high": high}


def placed(lengths, interval, alone):
    """A horizon with its interval, [low, value, high], as a table holds it."""
    row = {}
    for name, x in zip(("low", "horizon", "high"), interval, strict=True):
        end = "" if name == "horizon" else f"{name}_"
        x = np.nan if alone and end else x
        row[name], row[f"{end}censoring"] = censored(np.array(lengths), x)
    return row


def spent(row, epoch, an_epoch):
    return {**row, "epoch": epoch, "steps": epoch * an_epoch[0], "sequences": epoch * an_epoch[1]}


@st.composite
def tables_of_a_study(draw):
    """The tables that `findings` reads, with any intervals; R² and held-out loss are consistent."""
    lengths = sorted(draw(st.sets(st.sampled_from([3, 5, 10, 20, 100]), min_size=1)))
    epochs = draw(st.sampled_from([[8], [0, 1], [0, 4, 8], [0, 3, 6, 8]]))
    alone = draw(st.integers(0, 5)) == 0
    task = draw(st.sampled_from(["first_element", "first_element", "kth_element"]))
    rows, datasets, places, probes, by_budget, grown, ended = ([] for _ in range(7))
    for t in lengths:
        variance = draw(st.sampled_from([0.98, 1.0, 1.02]))
        baseline = variance * draw(st.sampled_from([0.999, 1.0, 1.001]))
        datasets.append({"length": t, "baseline_loss": baseline})
        for model in LOOK["models"]:
            recurrent = model in ("lstm", "gru")
            s0 = draw(st.sampled_from([1e-12, CRITICAL, 0.5])) if recurrent else 1.0
            probes.append((model, t, 0, s0, 0.8))
            r2 = draw(ends(SCORES)) if recurrent else [0, 0, 0]
            cell = {"task": task, "model": model, "length": t, "solved": 0, "replicates": 1}
            if not alone:
                cell |= {"replicates": 10, "solved": draw(st.integers(0, 10))}
            cell |= named("score_median", r2, alone)
            cell |= named("test_loss_median", [(1 - x) * variance for x in r2[::-1]], alone)
            train = draw(ends(LOSSES)) if model == "lstm" else [0, 0, 0]
            cell |= named("train_loss_median", train, alone)
            ways = draw(st.lists(st.sampled_from(OUTCOMES), min_size=10, max_size=10))
            ways = ways[: cell["replicates"]]
            ended.append({"model": model, "length": t, "replicates": len(ways)})
            ended[-1] |= {name: ways.count(name) for name in OUTCOMES}
            for epoch in epochs:
                iqm = draw(ends(SCORES)) if model == "lstm" else [0, 0, 0]
                rows.append({**cell, "epoch": epoch, **named("score_iqm", iqm, alone)})
    # Horizons at, near, between and beyond the lengths.
    horizons = [x for t in lengths for x in (t, t + 0.4, 1.5 * t) if x <= lengths[-1]]
    for model in LOOK["models"]:
        interval = draw(ends([-np.inf, *horizons, np.inf]))
        row = {"model": model, "threshold": 0.9, **placed(lengths, interval, alone)}
        places += [row, {**row, "threshold": 0.5}]
        end = epochs[-1] if model == "lstm" else draw(st.sampled_from([epochs[-1], 20]))
        an_epoch = draw(st.sampled_from([(1, 1000), (1, 1000), (11, 1050)]))
        half = draw(ends([-np.inf, *horizons, np.inf]))
        before = {**row, **placed(lengths, half, alone)}
        by_budget += [spent(before, end // 2, an_epoch), spent(row, end, an_epoch)]
        if end // 2 and draw(st.booleans()):
            kinds = {"from_censoring": before["censoring"], "censoring": row["censoring"]}
            at = {"model": model, "threshold": 0.9, "from_epoch": end // 2, "epoch": end}
            grown.append({**at, **kinds, **named("growth", draw(ends(FACTORS)), alone)})
    models = pd.DataFrame({"model": LOOK["models"]})
    recurrent = models["model"].isin(["lstm", "gru"])
    return {
        "summary": pd.DataFrame(rows),
        "datasets": pd.DataFrame(datasets),
        "horizons": pd.DataFrame(places),
        "budgets": pd.DataFrame(by_budget),
        "outcomes": pd.DataFrame(ended),
        "growth": pd.DataFrame(grown, columns=GROWTH),
        "models": models.assign(recurrent=recurrent),
        "sensitivity": pd.DataFrame(
            probes, columns=["model", "length", "replicate", "s0", "concentration"]
        ),
        "predictions": models.assign(
            basis=np.where(recurrent, "decay rate", "s0"),
            critical_s0=CRITICAL,
            rank_correlation=0.5,
        ),
    }


@given(tables_of_a_study())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_claim_holds_of_the_intervals_it_cites(tables):
    check(tables)
