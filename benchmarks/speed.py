"""What the pipeline's speed is, as ratios to the textbook way, measured side by side in one run.

    epoch       an epoch of a model (H = 32, N = 1000, T = 100, one thread) made of torch's own
                modules in the textbook loop, over one in a training job; LSTMs start from the same
                weights and end at the same loss
    lesson      the textbook script doing the lesson's training in one process with torch's default
                threads, over the study `lesson` from nothing to the page (wall time); and how much
                of it comes after training: tables, probes, figures, page
    fixed cost  `python -c "import torch"`, over a training job of one epoch at T = 5 (CPU time)

A ratio above 1 means that the pipeline is faster.

Epochs and fixed cost are measured several times in turn, and the medians are compared; run it on
an idle machine. `--quick` only shows that all of it still runs: its figures mean nothing.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ["Snakefile", "workflow", "config", "profiles", "report"]
ARCHITECTURES = ["lstm", "gru", "attention", "transformer"]
FEW, MANY, LENGTH, SAMPLES = 5, 25, 100, 1000
# For --quick: the smoke study with one training job, as far as its probes.
ONE_JOB = ["lengths=[3]", "replicates=2", "--", "results/smoke/probes/lstm.csv"]
ROUNDS = 5
ONE_CORE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def timed_epochs(ours: bool, architecture: str, few: int, many: int) -> dict[str, float]:
    """CPU seconds that an epoch adds to a training run, and the final training loss.

    A run of `few` epochs and one of `many` are timed in this process: what they have in common,
    from first page faults to the last evaluation, cancels. Both loops train on the same data, and
    LSTMs start from the same weights.
    """
    if ours:
        from recall_horizon.training.allocator import keep_freed_memory

        keep_freed_memory()
    import pkgutil

    import torch

    import textbook
    from recall_horizon.code import catalogue
    from recall_horizon.config.training import Training, TrainingSpec
    from recall_horizon.contract import Shape
    from recall_horizon.training import loop
    from recall_horizon.training.curriculum import batches
    from recall_horizon.training.objective import OBJECTIVES
    from recall_horizon.training.run_state import Replicate

    torch.set_num_threads(1)

    def run(epochs: int) -> tuple[float, float]:
        torch.manual_seed(0)
        model, x = textbook.build(architecture, LENGTH), torch.randn(SAMPLES, LENGTH, 1)
        start = time.process_time()
        if not ours:
            return textbook.train(model, x, x[:, 0], epochs), time.process_time() - start
        own = pkgutil.resolve_name(catalogue.locate("architecture", architecture))(Shape(LENGTH))
        if architecture == "lstm":
            values = model.state_dict().values()
            own.load_state_dict(dict(zip(own.state_dict(), values, strict=True)))
        settings = Training(
            samples=SAMPLES,
            epochs=epochs,
            batch_size=None,
            learning_rate=0.01,
            gradient_clip=None,
            evaluate_at=[],
            device="cpu",
        )
        shape = Shape(LENGTH)
        spec = TrainingSpec(
            study="benchmark",
            task="first_element",
            seed=0,
            model=architecture,
            length=LENGTH,
            shape=shape,
            loss="mse",
            chance=1.0,
            architecture=architecture,
            options={},
            first_replicate=0,
            last_replicate=0,
            training=settings,
        )
        data = {LENGTH: loop.Data(x, x[:, 0], shape)}
        one = {LENGTH: loop.Data(x[:1], x[:1, 0], shape)}
        trained = Replicate(own, settings.learning_rate)
        of_epoch = batches(spec, 0, torch.device("cpu"))
        *_, (last,) = loop.fit(trained, data, one, OBJECTIVES["mse"], spec, of_epoch)
        return last.train_loss, time.process_time() - start

    _, short = run(few)
    loss, long = run(many)
    return {"seconds": (long - short) / (many - few), "loss": loss}


def child(*command: str, environment: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    """The output of `command`; its failure is this script's."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "workflow"), **(environment or {})}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def wall(action: Callable[[], object]) -> float:
    """Wall seconds of `action`."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def cpu(action: Callable[[], object]) -> float:
    """CPU seconds of the processes that `action` runs."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    action()
    return spent() - before


def measure_epoch(architecture: str, quick: bool) -> tuple[float, float, str]:
    """Median milliseconds of an epoch: textbook and ours; and how far the losses differ."""
    results: dict[str, list[dict[str, float]]] = {"textbook": [], "ours": []}
    for _ in range(1 if quick else ROUNDS):
        for who, runs in results.items():
            words = ["--epochs-of", who, "--architecture", architecture]
            words += ["--quick"] if quick else []
            runs.append(json.loads(child(sys.executable, __file__, *words, environment=ONE_CORE)))
    textbook, ours = (
        1000 * statistics.median(run["seconds"] for run in results[who])
        for who in ("textbook", "ours")
    )
    gap = abs(results["textbook"][0]["loss"] - results["ours"][0]["loss"])
    return textbook, ours, f"final losses differ by {gap:.1e}" if architecture == "lstm" else ""


def measure_lesson(quick: bool) -> tuple[float, float, float]:
    """Wall seconds of the lesson: the script, and the pipeline from nothing to the page.

    The third number is of the pipeline's tail alone: from finished training jobs to the page.
    """
    script = [sys.executable, str(ROOT / "benchmarks" / "textbook.py")]
    script += ["--lengths", "5", "--replicates", "1", "--epochs", "1"] if quick else []
    study = "smoke" if quick else "lesson"
    textbook = wall(lambda: child(*script))
    with tempfile.TemporaryDirectory() as folder:
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        snakemake = str(Path(sys.executable).with_name("snakemake"))
        command = [snakemake, "--cores", "all", "--configfile", f"config/{study}.yaml"]
        # As the script does: one network for each length.
        target = ["--config", "models=[lstm]", *(ONE_JOB if quick else [])]
        ours = wall(lambda: child(*command, *target, cwd=Path(folder)))
        tail = wall(lambda: child(*command, "--forcerun", "probe", *target, cwd=Path(folder)))
    return textbook, ours, tail


def measure_fixed_cost(quick: bool) -> tuple[float, float, str]:
    """Median CPU seconds of `import torch` and of a training job that trains next to nothing."""
    import yaml

    from recall_horizon.config.jobs import dataset_spec, training_spec
    from recall_horizon.config.load import load

    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    raw["training"] |= {"epochs": 1, "evaluate_at": [], "device": "cpu"}
    study = load(raw)
    step = [sys.executable, "-m", "recall_horizon"]
    with tempfile.TemporaryDirectory() as folder:
        dataset = f"{folder}/T5.safetensors"
        spec = dataset_spec(study, 5).model_dump_json()
        child(*step, "dataset", "--options", spec, "--output", dataset)
        trained = training_spec(study, "lstm", "T5", 0, 0)
        job = [*step, "train", "--options", trained.model_dump_json()]
        job += ["--dataset", dataset, "--losses", f"{folder}/l", "--weights", f"{folder}/w"]
        job += ["--run", f"{folder}/r"]
        imports, jobs = [], []
        for _ in range(1 if quick else ROUNDS):
            imports.append(
                cpu(lambda: child(sys.executable, "-c", "import torch", environment=ONE_CORE))
            )
            jobs.append(cpu(lambda: child(*job, environment=ONE_CORE)))
    return statistics.median(imports), statistics.median(jobs), "one epoch, T = 5"


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="show that it runs, measure nothing")
    parser.add_argument("--epochs-of", choices=["textbook", "ours"], help=argparse.SUPPRESS)
    parser.add_argument("--architecture", choices=ARCHITECTURES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.epochs_of:
        ours = options.epochs_of == "ours"
        epochs = (1, 2) if options.quick else (FEW, MANY)
        print(json.dumps(timed_epochs(ours, options.architecture, *epochs)))
        return
    rows = []
    for name in ARCHITECTURES[:1] if options.quick else ARCHITECTURES:
        textbook, ours, note = measure_epoch(name, options.quick)
        goal = "at least 2.2" if name == "lstm" else ""
        rows.append((f"epoch, {name}, ms", textbook, ours, textbook / ours, goal, note))
    textbook, ours, note = measure_fixed_cost(options.quick)
    rows.append(("fixed cost, CPU s", textbook, ours, textbook / ours, "at least 0.7", note))
    textbook, ours, tail = measure_lesson(options.quick)
    note = f"{os.cpu_count()} cores; {tail:.1f} s of it after training"
    rows.append(("lesson, wall s", textbook, ours, textbook / ours, "at least 2", note))
    print(f"{'':22}{'textbook':>10}{'ours':>10}{'ratio':>8}  goal")
    for name, textbook, ours, ratio, goal, note in rows:
        end = f"  {goal} ({note})" if note else f"  {goal}"
        print(f"{name:22}{textbook:10.2f}{ours:10.2f}{ratio:8.2f}{end}".rstrip())


if __name__ == "__main__":
    main()
