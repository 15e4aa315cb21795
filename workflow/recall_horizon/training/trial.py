"""A trial of a model before it trains: one that answers wrongly is refused, not averaged in.

It takes a second and is made on copies, so that the model that trains is as it was built.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.errors import RecallHorizonError
from recall_horizon.training.objective import Objective

FEW = 32  # sequences on which answers are compared
SAME = 1e-4  # of the largest answer: what rounding may change, on a GPU as well
STEP = 1e-2  # by which each weight is moved, enough to change what a model keeps


class UnsoundModelError(RecallHorizonError):
    """A model's answers cannot be used; the message says why, and what would be right."""


def called(model: nn.Module) -> str:
    """The class of `model`, as a configuration names it: `flat_model:Flat`."""
    return f"{type(model).__module__}:{type(model).__qualname__}"


def answers(model: nn.Module, x: torch.Tensor, shape: Shape) -> torch.Tensor:
    """The predictions of `model` for sequences `x`, which have to be of the task's `shape`.

    Raises:
        UnsoundModelError: they have another shape, which would be broadcast against the targets
            without a word, or are no real numbers.
    """
    predictions = model(x)
    wanted = shape.of_predictions(len(x))
    if not isinstance(predictions, torch.Tensor):
        raise UnsoundModelError(
            f"{called(model)} answers with a {type(predictions).__name__}; the task asks for a "
            f"tensor of shape {wanted}"
        )
    if tuple(predictions.shape) != wanted:
        raise UnsoundModelError(
            f"{called(model)} answers with shape {tuple(predictions.shape)}; "
            f"the task asks for {wanted}"
        )
    if not predictions.is_floating_point():
        kind = str(predictions.dtype).removeprefix("torch.")
        raise UnsoundModelError(
            f"{called(model)} answers with numbers of type {kind}; the task asks for real numbers, "
            "such as float32"
        )
    return predictions


def tried(
    make: Callable[[], nn.Module],
    x: torch.Tensor,
    y: torch.Tensor,
    shape: Shape,
    objective: Objective,
) -> list[str]:
    """Try the model that `make` builds, and return what its author should know.

    Args:
        make: builds the same untrained model whenever it is called.
        x: sequences to train on.
        y: their targets.
        shape: what the task asks for.
        objective: what is trained on.

    Raises:
        UnsoundModelError: its answers have another shape, are not finite, depend on chance or on
            the other sequences of a batch; it changes its input; no training could change it; or
            its weights would not bring it back.
    """
    few, others = x[:FEW], x.flip(0)[:FEW]
    with torch.random.fork_rng([x.device] if x.device.type == "cuda" else []):
        model = make()
        _check_weights(model)
        model.to(x.device)
        with _evaluating(model):
            with _unchanged(model, x):
                first = answers(model, x, shape)
            check_finite(model, bool(torch.isfinite(first).all()))
            _check_answers(model, few, others, shape)
        ignored = _step(model, x, y, shape, objective)
        with _evaluating(model):
            _check_answers(model, few, others, shape)  # the first may all have been 0
        _check_state(model, make().to(x.device), few, shape)
    if not ignored:
        return []
    listed = ", ".join(ignored[:5]) + (f" and {len(ignored) - 5} more" if ignored[5:] else "")
    return [f"{called(model)}: no gradient reaches {listed}: training does not change them"]


def check_reads(make: Callable[[], nn.Module], x: torch.Tensor, shape: Shape) -> None:
    """Refuse a model that does not read sequences `x`, of another length than it is built for.

    Raises:
        UnsoundModelError: it does not, or its answers have another shape.
    """
    with torch.random.fork_rng([x.device] if x.device.type == "cuda" else []):
        model = make().to(x.device)
        with _evaluating(model):
            try:
                answers(model, x[:FEW], shape)
            except UnsoundModelError:
                raise
            except Exception as error:  # however a model says that it cannot
                raise UnsoundModelError(
                    f"{called(model)} is to be trained on several lengths, is built for the "
                    f"longest, and fails on sequences of {shape.steps} steps: {error}. It should "
                    "read sequences of any length up to the `steps` of its shape."
                ) from error


def check_finite(model: nn.Module, finite: bool) -> None:
    """Refuse a model whose answers are not `finite` before training.

    Raises:
        UnsoundModelError: they are not.
    """
    if not finite:
        raise UnsoundModelError(
            f"{called(model)} answers with numbers that are not finite before it is trained: are "
            "its initial weights too large?"
        )


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    model.eval()
    with torch.no_grad():
        yield
    model.train()


@contextmanager
def _unchanged(model: nn.Module, x: torch.Tensor) -> Iterator[None]:
    """Refuse a `model` that writes into its input, which other networks read as well."""
    before = x.clone()
    yield
    if not torch.equal(before, x):
        x.copy_(before)
        raise UnsoundModelError(
            f"{called(model)} changes its input in place, which every later epoch and network "
            "reads: x = x * 2 would be right, and x *= 2 is not"
        )


def _check_weights(model: nn.Module) -> None:
    """Refuse weights that files cannot hold, and a model without any."""
    for name, value in model.state_dict(keep_vars=True).items():
        what = f"{called(model)} keeps {name}"
        if isinstance(value, nn.parameter.UninitializedTensorMixin):
            raise UnsoundModelError(
                f"{what} without a shape until it first runs: give its layer the sizes, which are "
                "in `shape`, in place of a lazy one"
            )
        if not isinstance(value, torch.Tensor):
            raise UnsoundModelError(
                f"{what}, a {type(value).__name__}, in its state_dict: a file of weights holds "
                "tensors alone"
            )
        try:
            value.detach().cpu().numpy()
        except (TypeError, RuntimeError):
            kind = str(value.dtype).removeprefix("torch.")
            raise UnsoundModelError(
                f"{what} as a tensor of type {kind} ({value.layout}), which a file of weights "
                "cannot hold: a dense one of float32 or float64 would be right"
            ) from None
    if not any(p.requires_grad for p in model.parameters()):
        raise UnsoundModelError(f"{called(model)} has no parameter that training could change")


def _check_answers(model: nn.Module, x: torch.Tensor, others: torch.Tensor, shape: Shape) -> None:
    """Refuse answers that depend on more than the sequence that is asked."""
    first, again = answers(model, x, shape), answers(model, x, shape)
    if _apart(first, again):
        raise UnsoundModelError(
            f"{called(model)} gives other answers to the same sequences in evaluation: dropout "
            "that is always on, or a state that is kept from one batch to the next? "
            "self.training says whether it is trained"
        )
    mixed = x.clone()
    mixed[::2] = others[::2]
    among_others = answers(model, mixed, shape)
    if _apart(first[1::2], among_others[1::2]):
        raise UnsoundModelError(
            f"{called(model)} answers a sequence otherwise when the other sequences of the batch "
            "change: a layer without batch_first=True, or statistics of the batch in evaluation?"
        )


def _step(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, shape: Shape, objective: Objective
) -> list[str]:
    """Move the weights down the gradient; return the parameters that no gradient reaches."""
    with _unchanged(model, x):
        loss = objective.mean(answers(model, x, shape), y)
    if not loss.requires_grad:
        raise UnsoundModelError(
            f"{called(model)} answers without a graph, so that no gradient reaches any parameter: "
            "is there a detach() or a no_grad() around all of it?"
        )
    loss.backward()
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for parameter in trained.values():
            if parameter.grad is not None:
                parameter -= STEP * parameter.grad.sgn()
    return [name for name, parameter in trained.items() if parameter.grad is None]


def _check_state(model: nn.Module, fresh: nn.Module, x: torch.Tensor, shape: Shape) -> None:
    """Refuse a trained `model` that its weights do not turn a `fresh` one into."""
    fresh.load_state_dict(model.state_dict())
    with _evaluating(model), _evaluating(fresh):
        one, other = answers(model, x, shape), answers(fresh, x, shape)
    if _apart(one, other):
        kept = model.state_dict()
        changed = [
            name
            for (name, a), (_, b) in zip(model.named_buffers(), fresh.named_buffers(), strict=True)
            if name not in kept and not torch.equal(a, b)
        ]
        which = f" ({', '.join(changed)}, with persistent=False)" if changed else ""
        raise UnsoundModelError(
            f"{called(model)} keeps something from training that its state_dict does not hold"
            f"{which}: its weights would not bring it back. register_buffer(name, tensor) "
            "makes it a part of them"
        )


def _apart(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether answers differ by more than rounding; of those that are not finite, nobody knows."""
    return len(one) > 0 and bool((one - other).abs().max() > SAME * one.abs().max())
