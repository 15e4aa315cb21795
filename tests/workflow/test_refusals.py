"""Bad input is refused with one clear message, and nothing is half-written."""

import pytest

SHARD = "results/smoke/runs/lstm/T3/seeds-0-1.losses.csv"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lengths=[]", "lengths = []"),
        ("lengths=[10,5]", "should be ascending"),
        ("replicates=0", "replicates = 0"),
        ("study=../elsewhere", "should be a plain file name"),
        ("models=[lstn]", "did you mean 'lstm'?"),
        ("trainin={epochs: 3}", "did you mean 'training'?"),
        ("training={learning_rat: 0.1}", "training.learning_rat"),
        ("training={device: gpu}", "'cpu' or 'cuda'"),
        ("analysis={horizon_score: [0.9, 0.9]}", "should name each once; named twice: 0.9"),
        ("model_zoo={lstm: {options: {hidden: 3}}}", "model_zoo.lstm.options.hidden"),
    ],
)
def test_a_bad_config_stops_before_any_job(project, change, said):
    output = project.snakemake("--config", change, fails=True)
    assert said in output
    assert "Traceback" not in output
    assert not (project.root / "results").exists()


def test_a_damaged_dataset_stops_the_job_with_the_file_and_what_to_do(ran):
    dataset = ran.root / "results/smoke/datasets/T3.safetensors"
    content = bytearray(dataset.read_bytes())
    content[8 + int.from_bytes(content[:8], "little")] ^= 1  # the pool's first
    dataset.write_bytes(content)
    shard = ran.root / SHARD
    shard.unlink()
    output = ran.snakemake("--rerun-triggers", "input", "--", SHARD, fails=True)
    assert "results/smoke/datasets/T3.safetensors is damaged" in output
    assert "Delete the file and run again" in output
    assert "Traceback" not in output
    assert not shard.exists()
    dataset.unlink()
    ran.snakemake("--", SHARD)
    assert shard.exists()


def test_a_study_that_needs_a_gpu_says_so_if_there_is_none(project):
    words = ("--config", "training={device: cuda}", "--", SHARD)
    output = project.snakemake(*words, fails=True)
    assert "torch sees no CUDA device" in output
    assert not list(project.root.glob("results/smoke/runs/**/*.csv"))


def test_jobs_request_a_gpu_only_if_the_study_uses_cuda(project):
    for device, asked in (("cuda", "gpu=1"), ("cpu", "gpu=0")):
        plan = project.snakemake("--dry-run", "--config", f"training={{device: {device}}}")
        lines = [line for line in plan.splitlines() if "resources:" in line and "gpu=" in line]
        assert lines
        assert all(asked in line for line in lines)
