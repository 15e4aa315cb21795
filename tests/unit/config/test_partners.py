import pytest

from recall_horizon.config import shown
from recall_horizon.config.load import load


@pytest.fixture
def partners(settings):
    """The partners of a study with these models, {name: (options, training)}."""

    def find(**models):
        zoo = {
            name.replace("_", "-"): {
                "architecture": "lstm",
                "options": options,
                "training": training,
            }
            for name, (options, training) in models.items()
        }
        settings.update({"models": list(zoo), "model_zoo": zoo, "claims": []})
        settings["analysis"]["headline_model"] = None
        settings["controls"]["shuffled_models"] = []
        return shown.look_of(load(settings), {}, {}).partners

    return find


MIXED, GROWING = {"curriculum": "mixed"}, {"curriculum": "growing"}


def test_a_model_trained_on_all_lengths_has_the_one_of_single_lengths_as_its_partner(partners):
    assert partners(lstm=({}, {}), lstm_mixed=({}, MIXED)) == {"lstm-mixed": "lstm"}
    both = partners(growing=({}, GROWING), lstm=({}, {}), mixed=({}, MIXED))
    assert both == {"growing": "lstm", "mixed": "lstm"}


def test_another_network_is_no_partner(partners):
    chrono = {"forget_bias": "chrono"}
    assert partners(lstm=({}, {}), mixed=(chrono, MIXED)) == {}
    found = partners(lstm=({}, {}), chrono=(chrono, {}), mixed=(chrono, MIXED))
    assert found == {"mixed": "chrono"}


def test_of_several_the_partner_is_trained_most_alike(partners):
    clipped = {"gradient_clip": 1.0}
    models = {"long": ({}, {"samples": 7}), "lstm": ({}, {}), "clipped": ({}, clipped)}
    assert partners(**models, mixed=({}, MIXED)) == {"mixed": "lstm"}
    assert partners(**models, mixed=({}, {**MIXED, **clipped})) == {"mixed": "clipped"}


def test_a_model_has_one_partner_for_each_curriculum(partners):
    long = {**MIXED, "samples": 7}
    found = partners(long=({}, long), mixed=({}, MIXED), lstm=({}, {}), growing=({}, GROWING))
    assert found == {"mixed": "lstm", "growing": "lstm"}


def test_without_a_curriculum_there_are_no_partners(partners):
    assert partners(lstm=({}, {}), clipped=({}, {"gradient_clip": 1.0})) == {}
