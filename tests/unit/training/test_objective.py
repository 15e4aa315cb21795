import math

import pytest
import torch

from recall_horizon.contract import NOT_ASKED
from recall_horizon.training.objective import OBJECTIVES


def test_numbers_are_scored_by_their_squared_error():
    mse, y = OBJECTIVES["mse"], torch.tensor([[1.0], [3.0]])
    predictions = torch.tensor([[2.0], [3.0]])
    assert mse.mean(predictions, y) == 0.5
    assert mse.total(predictions, y) == 1.0
    assert mse.each(predictions, y).tolist() == [1.0, 0.0]
    assert mse.right is None


def test_classes_are_scored_by_their_cross_entropy_over_all_answers():
    """With logits of ln 2 and 0, the probabilities are 2/3 and 1/3."""
    entropy, y = OBJECTIVES["cross_entropy"], torch.tensor([[0, 1], [0, 0]])
    predictions = torch.tensor([[math.log(2), 0.0]]).repeat(4, 1).reshape(2, 2, 2)
    expected = 3 * math.log(3 / 2) + math.log(3)
    assert entropy.mean(predictions, y) == pytest.approx(expected / 4)
    assert entropy.total(predictions, y) == pytest.approx(expected)
    assert entropy.total(predictions, y).dtype == torch.float64
    each = (math.log(3 / 2) + math.log(3)) / 2, math.log(3 / 2)
    assert entropy.each(predictions, y).tolist() == pytest.approx(each)
    assert entropy.right(predictions, y) == 3


def test_an_answer_that_is_not_asked_counts_nowhere():
    """Of each sequence as many are asked: the losses are those of the answers that are."""
    entropy, y = OBJECTIVES["cross_entropy"], torch.randint(4, (6, 3))
    predictions = torch.randn(6, 3, 4)
    more = torch.randn(6, 5, 4)
    more[:, [0, 2, 3]] = predictions
    wider = torch.full((6, 5), NOT_ASKED)
    wider[:, [0, 2, 3]] = y
    assert entropy.asked(wider) == entropy.asked(y) == 18
    assert entropy.mean(more, wider) == pytest.approx(entropy.mean(predictions, y).item())
    assert entropy.total(more, wider) == pytest.approx(entropy.total(predictions, y).item())
    assert entropy.right(more, wider) == entropy.right(predictions, y)
    torch.testing.assert_close(entropy.each(more, wider), entropy.each(predictions, y))
    assert OBJECTIVES["mse"].asked(predictions) == 72


def test_a_single_answer_needs_no_dimension_of_its_own():
    entropy, y = OBJECTIVES["cross_entropy"], torch.tensor([[2], [0]])
    predictions = torch.randn(2, 3)
    several = predictions[:, None]
    assert entropy.mean(predictions, y) == entropy.mean(several, y)
    assert entropy.right(predictions, y) == entropy.right(several, y)
    assert (entropy.each(predictions, y) == entropy.each(several, y)).all()


@pytest.mark.parametrize(
    ("loss", "predictions", "y"),
    [
        ("mse", torch.randn(6, 1), torch.randn(6, 1)),
        ("mse", torch.randn(6, 4, 3), torch.randn(6, 4, 3)),
        ("cross_entropy", torch.randn(6, 5), torch.randint(5, (6, 1))),
        ("cross_entropy", torch.randn(6, 4, 5), torch.randint(5, (6, 4))),
    ],
)
def test_the_losses_of_single_sequences_have_the_loss_as_their_mean(loss, predictions, y):
    objective = OBJECTIVES[loss]
    each = objective.each(predictions, y)
    assert (each.shape, each.dtype) == ((6,), torch.float64)
    assert each.mean() == pytest.approx(objective.total(predictions, y) / y.numel())
    alone = objective.each(predictions[2:3], y[2:3])
    assert alone.item() == pytest.approx(each[2].item())
