from recall_horizon.errors import nearest


def test_advice_names_the_nearest_and_lists_all():
    assert nearest("lenghts", ["seed", "lengths"]) == "did you mean 'lengths'? valid: lengths, seed"


def test_advice_suggests_nothing_far_from_the_name():
    assert nearest("zzz", ["seed", "lengths"]) == "valid: lengths, seed"
    assert nearest("zzz", []) == "valid: none"
