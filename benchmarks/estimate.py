"""How long a study takes, estimated from one that has run.

    python benchmarks/estimate.py config/interventions.yaml

What the training jobs of the study that has run took (its runs/*/*/*.run.json) gives,
for each architecture and length, the seconds of one sequence in one epoch. The other study's are
taken to grow as its sequences, epochs and lengths, and, for a wider network, as the square of its
width, which is more than was ever measured. So it is an upper bound for wide networks, and on as
many cores as jobs it divides by the cores.
"""

import argparse
import copy
import json
from collections import defaultdict
from pathlib import Path

import yaml

from recall_horizon.config.study import Study, load

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_WIDTH = 32


def read(overlay: Path) -> Study:
    """The default study with an overlay, merged as Snakemake merges them."""
    merged = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    _merge(merged, yaml.safe_load(overlay.read_text()))
    return load(merged)


def _merge(base: dict, overlay: dict) -> None:
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)


def work(study: Study, model: str) -> float:
    """What one replicate of `model` does, in epochs of one sequence at the default width."""
    training = study.training_of(model)
    width = study.model_zoo[model].options.get("hidden_size", DEFAULT_WIDTH)
    # An evaluation reads the training sequences and the held-out ones forward, a third of a step.
    evaluated = len(training.evaluated_epochs()) * (training.samples + study.dataset.test) / 3
    return (training.epochs * training.samples + evaluated) * (width / DEFAULT_WIDTH) ** 2


def measured(results: Path) -> dict[tuple[str, int], float]:
    """Seconds of a unit of work, by architecture and length, over the jobs that have run."""
    study = load(json.loads((results / "provenance.json").read_text())["study"])
    rates = defaultdict(list)
    for path in sorted((results / "runs").glob("*/T*/*.run.json")):
        model, length = path.parts[-3], int(path.parts[-2].removeprefix("T"))
        seconds = json.loads(path.read_text())["seconds"]
        mean = sum(seconds) / len(seconds)
        rates[study.model_zoo[model].architecture, length].append(mean / work(study, model))
    return {key: sum(values) / len(values) for key, values in rates.items()}


def main() -> None:
    """Print the seconds of each model of the study, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("overlay", type=Path, help="the study to estimate, as a config overlay")
    parser.add_argument("--from", dest="results", type=Path, default=ROOT / "results" / "default")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    if not (options.results / "provenance.json").exists():
        parser.error(f"there is no finished study in {options.results}: make run first")
    rates, study, total = measured(options.results), read(options.overlay), 0.0
    for model in study.models:
        architecture, seconds = study.model_zoo[model].architecture, 0.0
        for length in study.lengths:
            known = [t for a, t in rates if a == architecture]
            if not known:
                parser.error(f"no job of architecture {architecture} has run in {options.results}")
            near = min(known, key=lambda t, length=length: abs(t - length))
            rate = rates[architecture, near] * length / near
            seconds += study.replicates * work(study, model) * rate
        print(f"{model:24} {seconds:8.0f} s")
        total += seconds
    hours = total / 3600
    print(
        f"{'all':24} {total:8.0f} s = {hours:.1f} core hours, {hours / options.cores:.1f} h on "
        f"{options.cores} cores"
    )


if __name__ == "__main__":
    main()
