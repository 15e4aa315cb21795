from recall_horizon.errors import nearest


def test_advice_names_the_nearest_and_lists_all():
    assert nearest("lenghts", ["seed", "lengths"]) == "did you mean 'lengths'? valid: lengths, seed"


def test_advice_makes_no_far_fetched_guess():
    assert nearest("zzz", ["seed", "lengths"]) == "valid: lengths, seed"
    assert nearest("zzz", []) == "valid: none"
