from recall_horizon.config.differences import differing, leaves, text, texts


def test_leaves_are_named_by_the_keys_that_lead_to_them():
    nested = {"task": {"name": "adding", "options": {}}, "lengths": [5, 10], "selection": None}
    assert leaves(nested) == {"task.name": "adding", "lengths": [5, 10], "selection": None}
    assert leaves(3, "seed") == {"seed": 3}
    assert leaves({"k": 1}, "options") == {"options.k": 1}


def test_what_differs_has_the_value_of_every_side():
    sides = {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}, {"a": 1, "b": 2}
    assert differing(*sides) == {"b": [2, 3, 2], "c": [..., None, ...]}
    assert differing(*sides, unset=None) == {"b": [2, 3, 2]}
    assert differing(sides[0], sides[2]) == {}


def test_values_are_written_as_in_a_configuration():
    values = {"a": True, "b": None, "c": "Länge", "d": ["Länge", 0.001]}
    assert texts(values) == {"a": "true", "b": "null", "c": "Länge", "d": '["Länge", 0.001]'}
    assert text(...) == "unset"
