"""Hand-made training jobs, and benchmarks of earlier ones."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def benchmark(results):
    """Writes a benchmark of so many seconds; returns its path."""

    def write(study, name, seconds):
        path = results / study / "benchmarks" / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"s\th:m:s\tcpu_time\n{seconds}\t0\tNA\n")
        return str(path)

    return write


@pytest.fixture
def train(job, results):
    """A training job that has not run, by default of one replicate, the work of 300 sequences.

    It is a search job where `candidate` names what it tries.
    """

    def make(
        model,
        length,
        study="small",
        last=0,
        gpus=0,
        options=(),
        matched=None,
        candidate=None,
        **training,
    ):
        settings = {"samples": 100, "epochs": 2, "evaluate_at": [1], **training}
        name = f"{model}/T{length}/{candidate or f'seeds-0-{last}'}"
        made, timed = ("search", "search") if candidate else ("runs", "train")
        return job(
            "train",
            [f"{results}/{study}/{made}/{name}.run.json"],
            wildcards={"model": model, "length": str(length), "first": "0", "last": str(last)},
            benchmark=f"{results}/{study}/benchmarks/{timed}/{name}.tsv",
            gpus=gpus,
            options={
                "architecture": f"models:{model.partition('-')[0]}",
                "options": dict(options),
                "matched": matched,
                "length": length,
                "first_replicate": 0,
                "last_replicate": last,
                "training": settings,
            },
        )

    return make


@pytest.fixture
def ran(train, benchmark):
    """A training job that ran for `seconds`, of which `start` were not spent in training."""

    def run(model, length, seconds, start=0.0, study="small", **more):
        done = train(model, length, study, **more)
        benchmark(study, done.benchmark.partition("/benchmarks/")[2][:-4], seconds)
        record = Path(done.outputs[0])
        record.parent.mkdir(parents=True, exist_ok=True)
        device = "cuda" if done.gpus else "cpu"
        replicates = done.options["last_replicate"] + 1
        content = {"device": device, "seconds": [(seconds - start) / replicates] * replicates}
        record.write_text(json.dumps({**content, "fingerprint": {"spec": done.options}}))
        return done

    return run
