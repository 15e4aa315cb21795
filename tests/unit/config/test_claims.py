import pytest

from recall_horizon.config.load import load
from recall_horizon.errors import ConfigError

CHANCE = {"source": "Somebody", "says": "It is chance.", "length": 5, "chance": ["lstm"]}
ORDER = {"source": "Somebody", "says": "It is so.", "order": [["gru"], ["lstm"]]}


def problems(settings, claim):
    settings["claims"] = [claim]
    with pytest.raises(ConfigError) as error:
        load(settings)
    return str(error.value)


@pytest.mark.parametrize("claim", [CHANCE, {**ORDER, "measure": "horizon"}])
def test_a_claim_is_read(settings, claim):
    settings["claims"] = [claim]
    (read,) = load(settings).claims
    assert read.model_dump(exclude_unset=True) == claim


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ({**CHANCE, "order": [["gru"], ["lstm"]]}, "gives order and chance"),
        ({**CHANCE, "chance": None}, "should give one of order, bound, chance, falls; gives none"),
        ({**CHANCE, "length": None}, "length is missing: at which one is it?"),
        ({**ORDER, "measure": "horizon", "length": 5}, "length should be left out"),
        ({**CHANCE, "measure": "accuracy"}, "measure should be score"),
        ({**CHANCE, "measure": "horizon"}, "of horizons, only an order can be claimed"),
        ({**CHANCE, "measure": "rates"}, "chance has no rates"),
        ({**ORDER, "measure": "highest_rate", "length": 5, "epoch": 1}, "epoch should be left out"),
        ({**ORDER, "length": 5, "order": [["gru"]]}, "claims[0].order"),
        (
            {**CHANCE, "chance": None, "bound": {"models": ["lstm"]}},
            "should give at_least or at_most",
        ),
        (
            {**CHANCE, "chance": ["lstn"]},
            "claims[0].chance = 'lstn': not in model_zoo; did you mean",
        ),
        ({**CHANCE, "task": "copy_memry"}, "claims[0].task = 'copy_memry'"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(settings, claim, says):
    assert says in problems(settings, claim)


def test_claims_of_models_in_the_zoo_that_the_study_does_not_run_are_no_problem(settings):
    settings["models"] = ["attention"]
    assert [claim.kind for claim in load(settings).claims] == ["falls", "order"]
