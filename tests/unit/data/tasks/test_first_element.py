import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.first_element import FirstElement


def draw(number, length, **options):
    return FirstElement(length, **options).draw(np.random.default_rng(0), number)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_target_is_the_first_element(length):
    x, y = draw(50, length)
    assert (x.shape, y.shape) == ((50, length, 1), (50, 1))
    np.testing.assert_array_equal(y[:, 0], x[:, 0, 0])


def test_the_elements_are_independent_and_standard_normal():
    x, _ = draw(40_000, 4)
    flat = x[:, :, 0].astype(np.float64)
    np.testing.assert_allclose(flat.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(flat.T), np.eye(4), atol=0.03)
    np.testing.assert_allclose((flat**4).mean(), 3, atol=0.1)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_distractors_are_the_same_elements_made_smaller(noise):
    (x, y), (smaller, same) = draw(50, 7), draw(50, 7, noise=noise)
    np.testing.assert_array_equal(y, same)
    np.testing.assert_array_equal(smaller[:, 0], x[:, 0])
    np.testing.assert_allclose(smaller[:, 1:], noise * x[:, 1:], rtol=1e-6)


def test_changing_a_sequence_does_not_change_its_target():
    x, y = draw(3, 2)
    before = y.copy()
    x[:] = 0
    np.testing.assert_array_equal(y, before)


@pytest.mark.parametrize(("order", "alike"), [("none", 5), ("last", 4)])
def test_the_mean_of_elements_that_look_alike_is_the_best_prediction(order, alike):
    x, y = draw(100_000, 5)
    mean = x[:, :alike].mean(axis=1)
    r2 = 1 - ((y - mean) ** 2).mean() / y.var()
    assert FirstElement(5).ceiling(View(order=order)) == pytest.approx(r2, abs=0.01)


def least_squares(lengths, last, noise=1.0):
    """The best mean R² of weights w of the last elements: that of a problem of least squares.

    Length T has the loss Σ_k s_k² (w_k − [k = T − 1])² over its distances k, of which the weights
    have those below `last`; s_k is 1 of the first element and `noise` of others.
    """
    rows, wanted = [], []
    for length in lengths:
        for distance in range(length):
            first = distance == length - 1
            scale = 1 if first else noise
            rows.append(scale * np.eye(max(lengths))[distance] * (distance < last))
            wanted.append(float(first))
    weights, *_ = np.linalg.lstsq(np.array(rows), np.array(wanted), rcond=None)
    return 1 - np.square(np.array(rows) @ weights - wanted).sum() / len(lengths)


@pytest.mark.parametrize("lengths", [[7], [1, 2], [5, 10, 20], [5, 10, 20, 50, 100], range(1, 30)])
def test_a_linear_time_invariant_model_has_one_weight_for_all_lengths(lengths):
    linear, count = View(time_invariant=True), len(lengths)
    harmonic = sum(1 / i for i in range(1, count + 1)) / count
    assert FirstElement(1).mean_ceiling(linear, lengths) == pytest.approx(harmonic)
    assert least_squares(lengths, last=max(lengths)) == pytest.approx(harmonic)
    for last in (1, 5, 12, 50, 1000):
        short = View(last=last, time_invariant=True)
        found = least_squares(lengths, last)
        assert FirstElement(1).mean_ceiling(short, lengths) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("last", [5, 12, 1000])
def test_with_smaller_distractors_one_weight_disturbs_other_lengths_less(noise, last):
    view, lengths = View(last=last, time_invariant=True), [5, 10, 20]
    found = FirstElement(1, noise).mean_ceiling(view, lengths)
    assert found == pytest.approx(least_squares(lengths, last, noise), abs=1e-9)


def test_how_well_size_tells_the_first_element_from_distractors_is_not_known():
    task = FirstElement(5, noise=0.5)
    assert task.ceiling(View(order="none")) is None
    assert task.ceiling(View(last=4)) == 0
    assert task.mean_ceiling(View(last=4), [3, 5]) is None
    assert task.mean_ceiling(View(), [3, 5]) == 1
    assert FirstElement(5, noise=0.0).ceiling(View(order="none")) == 1  # all others are zero


def test_a_linear_time_invariant_model_can_answer_any_one_length():
    assert FirstElement(9).ceiling(View(time_invariant=True)) == 1
    assert FirstElement(9).ceiling(View(last=8, time_invariant=True)) == 0


def test_a_window_answers_what_is_shorter_and_cannot_tell_its_own_length_from_longer_ones():
    """The best answer to a full window is found from sequences of the three lengths that fill it,
    by least squares over what it sees.
    """
    lengths = [3, 5, 8, 20]
    assert FirstElement(1).mean_ceiling(View(), lengths) == 1
    assert FirstElement(1).mean_ceiling(View(last=30), lengths) == 1
    assert FirstElement(1).mean_ceiling(View(last=6), lengths) == 1 / 2
    drawn = [draw(100_000, length) for length in (5, 8, 20)]
    x, y = np.concatenate([x[:, -5:, 0] for x, _ in drawn]), np.concatenate([y for _, y in drawn])
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)
    full = sum(1 - np.square(x[:, -5:, 0] @ weights - y).mean() for x, y in drawn)
    assert FirstElement(1).mean_ceiling(View(last=5), lengths) == pytest.approx(
        (1 + full) / 4, abs=0.01
    )


@pytest.mark.parametrize("order", ["last", "none"])
def test_of_elements_without_an_order_no_mean_is_known(order):
    assert FirstElement(1).mean_ceiling(View(order=order), [5, 10]) is None
