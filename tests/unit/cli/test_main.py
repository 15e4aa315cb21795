import json
import subprocess
import sys
from pathlib import Path

import pytest

from recall_horizon.__main__ import main
from recall_horizon.config.training import Matched, TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.storage.files import read_tensors

from ..data.test_datasets import spec as dataset_spec
from ..training.test_loop import spec as training_spec


def test_a_command_that_does_not_exist_is_refused_with_those_that_do(capsys):
    assert main(["trian"]) == 2
    said = capsys.readouterr().err
    assert "no command 'trian'; did you mean 'train'? valid: archive, " in said


def test_help_lists_what_people_call_and_then_the_steps(capsys):
    assert main(["--help"]) == 0
    people, _, steps = capsys.readouterr().out.partition("steps")
    assert "  run  " in people
    assert "  dataset  " in steps
    said = people + steps
    assert "_runs" not in said


def test_without_arguments_nothing_runs():
    assert main([]) == 2


def test_a_failure_is_one_line_and_a_status(tmp_path, capsys):
    output = tmp_path / "checked.txt"
    words = ["--table", str(tmp_path / "absent.csv"), "--output", str(output)]
    assert main(["controls", *words]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "absent.csv" in said
    assert "Traceback" not in said
    assert not output.exists()


@pytest.fixture
def steps(tmp_path):
    """Runs the steps of a tiny study in a folder of the given name."""
    dataset = dataset_spec(4, pool=12, test=10).model_dump_json()
    how = {"samples": 8, "epochs": 2, "batch_size": 3, "gradient_clip": 1.0, "evaluate_at": [1]}

    def run(name, options=(("hidden_size", 3),), matched=None):
        folder = tmp_path / name
        data = str(folder / "data")
        assert main(["dataset", "--options", dataset, "--output", data]) == 0
        for first, last in ((0, 1), (2, 2)):
            spec = training_spec(first, last, options=dict(options), **how)
            spec = spec.model_copy(update={"matched": matched}).model_dump_json()
            stem = str(folder / f"runs/net/T4/seeds-{first}-{last}")
            words = ["--losses", f"{stem}.losses.csv", "--weights", f"{stem}.weights"]
            words += ["--run", f"{stem}.run.json", "--dataset", data]
            assert main(["train", "--options", spec, *words]) == 0
        return folder

    return run


def test_the_steps_run_by_hand_give_the_same_bytes_every_time(steps):
    one, two = steps("one"), steps("two")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert len(files) == 7
    for file in files:
        if not file.name.endswith(".run.json"):  # timings
            assert (one / file).read_bytes() == (two / file).read_bytes()


def test_weights_are_kept_with_their_origin(steps):
    folder = steps("one")
    weights, about = read_tensors(folder / "runs" / "net" / "T4" / "seeds-0-1.weights")
    assert {name.split("/")[0] for name in weights} == {"replicate-0", "replicate-1"}
    assert {name.split("/")[1] for name in weights} == {"initial", "final"}
    assert TrainingSpec.model_validate(about["spec"]).training.epochs == 2


def test_a_solved_width_is_kept_with_the_weights_and_in_the_record(steps):
    """An LSTM of 3 units has 76 parameters."""
    matched = Matched(option="hidden_size", parameters=76, shape=Shape(4))
    solved, named = steps("solved", options=(), matched=matched), steps("named")
    job = Path("runs/net/T4")
    _, about = read_tensors(solved / job / "seeds-0-1.weights")
    assert TrainingSpec.model_validate(about["spec"]).options == {"hidden_size": 3}
    record = json.loads((solved / job / "seeds-0-1.run.json").read_text())
    assert record["fingerprint"]["spec"]["options"] == {"hidden_size": 3}
    losses = [(folder / job / "seeds-2-2.losses.csv").read_bytes() for folder in (solved, named)]
    assert losses[0] == losses[1]


def test_a_reader_that_has_read_enough_is_no_error():
    """As in `python -m recall_horizon watch | head -3`."""
    command = [sys.executable, "-m", "recall_horizon", "--help"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    started.stdout.close()
    assert started.stderr.read() == b""
    started.stderr.close()
    assert started.wait() == 141
