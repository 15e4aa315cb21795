"""How planning and collecting grow with the number of training jobs.

    python benchmarks/scale.py

A study of N training jobs is planned by a dry run, whose wall-clock time and peak memory are
measured. Then the tables are made of the made-up losses of N shards. `--quick` takes 25 jobs.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from recall_horizon.config.jobs import statistics
from recall_horizon.config.load import load
from recall_horizon.training.losses import Loss, as_csv

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ["Snakefile", "workflow", "config", "profiles", "report"]
MODELS, LENGTHS = ["lstm", "rnn", "gru", "attention", "window"], [5, 10, 20, 50, 100]
JOBS = [500, 1000, 2000, 5000]
EPOCHS = [0, 5, 10, 20, 35, 50, 70, 100]


def run(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall-clock seconds of `command`, and its peak memory or that of a child, in MB."""
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.stderr.decode()[-3000:] if done.returncode else 0)\n"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=cwd, capture_output=True, encoding="utf-8"
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr)
    return seconds, int(done.stdout) / 1024


def planned(folder: Path, shards: int) -> tuple[float, float]:
    """A dry run of a study of `shards` jobs for each model and length."""
    config = [f"models=[{','.join(MODELS)}]", f"lengths={LENGTHS}".replace(" ", "")]
    config += [f"replicates={shards}", "replicates_per_job=1", "study=scale"]
    command = ["snakemake", "--dry-run", "--quiet", "all", "--cores", "1", "--config", *config]
    return run(command, folder)


def made(folder: Path, shards: int) -> tuple[float, float]:
    """The tables of a study of `shards` jobs for each model and length, a replicate each."""
    runs = folder / "runs"
    for model in MODELS:
        for length in LENGTHS:
            for r in range(shards):
                rows = [
                    Loss(
                        *("scale", "first_element", model, length, r, epoch),
                        *(0.5 + r / 1e6, 1.0 - epoch / 1e3, 1.0, epoch / 1e3, 0.02, None, "ok"),
                    )
                    for epoch in EPOCHS
                ]
                path = runs / model / f"T{length}" / f"seeds-{r}-{r}.losses.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(as_csv(rows))
    words = ["--tables-of", str(runs), str(shards)]
    return run([sys.executable, str(Path(__file__).resolve()), *words], ROOT / "workflow")


def tables(runs: Path, shards: int) -> None:
    """Make the tables of what `runs` holds, as the step does."""
    import csv
    import io

    import pandas as pd

    from recall_horizon.analysis.collect import TrainingJobs, losses
    from recall_horizon.analysis.tables import of_losses

    each = {"lengths": LENGTHS, "shards": [f"{r}-{r}" for r in range(shards)]}
    text = io.StringIO()
    rows = losses(TrainingJobs(runs, dict.fromkeys(MODELS, each)))
    csv.writer(text).writerows(rows)
    text.seek(0)
    raw = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    about = statistics(load({**raw, "models": MODELS, "lengths": LENGTHS}))
    datasets = pd.DataFrame({"length": LENGTHS, "baseline_loss": 1.0})
    of_losses(pd.read_csv(text), datasets, None, **about)


def main() -> None:
    """Print a row for each number of jobs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tables-of", nargs=2, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.tables_of:
        runs, shards = parsed.tables_of
        tables(Path(runs), int(shards))
        return
    print(f"{'training jobs':>15} {'dry run, s':>11} {'MB':>6} {'tables, s':>16} {'MB':>6}")
    for jobs in [25] if parsed.quick else JOBS:
        shards = jobs // (len(MODELS) * len(LENGTHS))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for source in SOURCES:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, folder / source)
            plan, table = planned(folder, shards), made(folder, shards)
        print(f"{jobs:15,} {plan[0]:11.1f} {plan[1]:6.0f} {table[0]:16.1f} {table[1]:6.0f}")


if __name__ == "__main__":
    main()
