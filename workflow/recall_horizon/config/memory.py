"""How much memory jobs need, estimated from the configuration."""

from pathlib import Path

from recall_horizon.config.study import Study
from recall_horizon.config.training import lstm_width

# Numbers that training keeps for each sequence, step and hidden unit: an LSTM's four gates, its two
# states and their gradients, as measured, rounded up.
ACTIVATIONS_PER_UNIT = 24

# Memory for each byte of weights that are read from files, which may be of 16 bits and become 32:
# the weights in training, their gradients and Adam's two means of these; then, of each replicate of
# a job, the weights before and after training, and once more as they are written.
FILES_IN_TRAINING = 2 * 4
FILES_OF_A_REPLICATE = 2 * 2 * 2


def dataset_mb(study: Study, length: int) -> int:
    """Memory of a job that holds one dataset, in MB: Python and numpy, and the data thrice."""
    splits, shape = study.dataset, study.task_at(length).shape
    each = shape.steps * shape.features + shape.answers * shape.outputs
    numbers = (splits.pool + splits.validation + splits.test) * each
    return 200 + 3 * 4 * numbers // 10**6


def training_mb(study: Study, model: str, lengths: list[int]) -> int:
    """Memory of a job that trains `model` on `lengths`, in MB: torch, the data, and a batch's
    activations."""
    training = study.training_of(model)
    evaluated = max(study.dataset.validation, study.dataset.test)
    tried = [training, *study.tried(model).values()]
    batches = [settings.batch_size or settings.samples for settings in tried]
    batch = max(*batches, min(evaluated, 4096))
    entry = study.model_zoo[model]
    width = entry.options.get("hidden_size") or 32
    if entry.match:
        width = lstm_width(entry.match.parameters)
    steps = max(study.task_at(length).shape.steps for length in lengths)
    activations = 4 * batch * steps * width * ACTIVATIONS_PER_UNIT
    files = [
        Path(entry.options[key], file) for key, of in study.files_of(model).items() for file in of
    ]
    replicates = max(last - first + 1 for first, last in study.shards_of(model))
    if study.selection:
        replicates = max(replicates, study.selection.replicates)
    copies = FILES_IN_TRAINING + replicates * FILES_OF_A_REPLICATE
    weights = copies * sum(path.stat().st_size for path in files)
    data = sum(dataset_mb(study, length) for length in lengths)
    return 500 + data + (activations + weights) // 10**6
