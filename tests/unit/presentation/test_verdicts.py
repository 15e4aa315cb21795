import pandas as pd
import pytest

from recall_horizon.analysis.verification import Comparison
from recall_horizon.presentation.claims import lines as claim_lines
from recall_horizon.presentation.verdicts import counted, lines, reference, why_not
from recall_horizon.storage import tables

NAN = float("nan")
DIFFERS = {
    "another experiment": (
        "samples: 900 here, 1000 in the reference; task.name: a here, b in the reference"
    ),
    "other settings chosen": "training.batch_size: 40 here, 200 in the reference",
}


@pytest.fixture
def table(tmp_path):
    """A verification table, read from a file, with these verdicts at T = 5, 10, …, all."""

    def write(*verdicts):
        lengths = [5 * i for i in range(1, len(verdicts))]
        rows = [
            Comparison(
                *("lstm", length, verdict, 8, 10),
                *((0.5, 0.75, -0.25) if verdict == "different" else [NAN] * 3),
                *(2e-7 if verdict == "consistent" else NAN, 0.001, 0.01),
                DIFFERS.get(verdict, ""),
            )
            for length, verdict in zip([*lengths, "all"], verdicts, strict=True)
        ]
        written = pd.DataFrame(rows).assign(reference="007")
        tables.write(tmp_path / "verification.csv", written)
        return tables.read(tmp_path / "verification.csv")

    return write


def test_the_summary_counts_and_names_the_largest_difference(table):
    assert counted(table("consistent", "different", "consistent", "different")) == (
        "For 3 combinations of a model and a length: 2 consistent and 1 different. "
        "For 1 model over all lengths: 1 different. "
        "The largest difference is −0.250 in median held-out score, for lstm at T = 10 (different)."
    )


def test_the_summary_names_the_keys_that_differ(table):
    text = counted(table("another experiment", "another experiment", "not in the reference"))
    assert text.endswith(" Experiments differ in samples, task.name.")


def test_the_summary_names_the_settings_whose_choice_differs(table):
    text = counted(table("other settings chosen", "identical", "other settings chosen"))
    assert text.endswith(" The settings chosen differ in training.batch_size.")
    assert "Experiments" not in text


def test_other_settings_are_listed_at_the_length_that_chose_them(table):
    first, second, *rest = lines(table("other settings chosen", "identical", "identical"))
    assert "T = 5" in first
    assert first.endswith("training.batch_size: 40 here, 200 in the reference")
    assert "batch_size" not in second
    assert len(rest) == 1


def test_each_verdict_is_a_line_and_differences_are_listed_once(table):
    text = list(lines(table("another experiment", "another experiment", "consistent")))
    assert len(text) == 3 + 2
    assert "T = all" in text[2]
    assert "first epochs apart by 2·10⁻⁷ of a loss, p = 0.01 (corrected)" in text[2]
    assert text[3].strip() == "samples: 900 here, 1000 in the reference"


@pytest.mark.parametrize(
    ("verdicts", "reason"),
    [
        (["identical", "identical"], None),
        (["consistent", "not in the reference", "consistent"], None),
        (["too few to tell", "consistent"], None),
        (["consistent", "different"], "does not reproduce"),
        (["identical", "another experiment"], "not the reference's experiment"),
        (["other settings chosen", "consistent", "consistent"], None),
        (["other settings chosen", "different"], "does not reproduce"),
        (["other settings chosen"] * 2, "nothing of this study could be compared"),
        (["too few to tell", "too few to tell"], "nothing of this study could be compared"),
        (["not in the reference", "too few to tell"], "nothing of this study could be compared"),
    ],
)
def test_a_study_reproduces_if_something_was_compared_and_nothing_differs(table, verdicts, reason):
    why = why_not(table(*verdicts))
    assert why is None if reason is None else reason in why


def test_the_reference_is_named_as_it_is_called(table):
    assert reference(table("consistent")) == "007"


def test_claims_of_several_studies_are_one_table_for_a_terminal(made):
    text = list(claim_lines({"one": made.report(), "another": made.report()}))
    assert max(map(len, text)) <= 80
    assert sum(line.startswith("agrees      another  Somebody 1997") for line in text) == 2
    assert any("LSTM, chrono: −0.300 [−0.310, −0.290];" in line for line in text)
