"""Nothing that only POSIX systems have is needed: a study's steps in a process like on Windows."""

import hashlib
import sys
from pathlib import Path

import pytest
import yaml

from recall_horizon.__main__ import main
from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.storage import layout
from recall_horizon.storage.files import shell_json

ROOT = Path(__file__).resolve().parents[2]
# Imports every module, then makes a study.
PROGRAM = """
import sys; sys.path += {folders}; import as_windows
import importlib, pathlib, pkgutil, recall_horizon
for module in pkgutil.walk_packages(recall_horizon.__path__, "recall_horizon."):
    importlib.import_module(module.name)
from test_windows import digest_of_a_study
print(digest_of_a_study(pathlib.Path({results!r})))
"""


def step(name, **options):
    lists = {key: v if isinstance(v, list) else [v] for key, v in options.items()}
    words = [word for key, v in lists.items() for word in (f"--{key}", *map(str, v))]
    assert main([name, *words]) == 0


def digest_of_a_study(results):
    """Run the steps of a small study up to its tables; a digest of these and what they show."""
    settings = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    settings |= {"models": ["lstm"], "lengths": [3, 4], "replicates": 2}
    settings["dataset"] = {"pool": 60, "validation": 10, "test": 30}
    settings["training"] |= {"samples": 20, "epochs": 3, "evaluate_at": [1]}
    settings["analysis"]["headline_model"] = None
    settings["controls"]["shuffled_models"] = []
    study = load(settings)
    whole = {"study": shell_json(jobs.recorded(study)), "results": results}
    datasets = {length: results / layout.dataset(length) for length in study.lengths}
    for length, file in datasets.items():
        options = shell_json(jobs.dataset_spec(study, length).model_dump())
        step("dataset", options=options, output=file)
    step("describe", **whole)
    for length, file in datasets.items():
        place = layout.place(length)
        options = shell_json(jobs.training_spec(study, "lstm", place, 0, 1, {}).model_dump())
        made = [results / layout.job("lstm", place, 0, 1, suffix) for suffix in layout.OF_A_JOB]
        outputs = dict(zip(("losses", "weights", "run"), made, strict=True))
        kept = {"checkpoint": results / layout.CHECKPOINTS / place, "every": 0}  # at every batch
        step("train", options=options, dataset=file, **outputs, **kept)
    few = {"probe-sequences": 10, "test-sequences": 10}
    listed = shell_json(jobs.listed(study))
    step("probe", results=results, jobs=listed, tests=[*datasets.values()], **few)
    step("tables", **whole, reference=ROOT / "report/reference/default")
    files = sorted([*results.rglob("*.csv"), *results.rglob("*.safetensors")])
    assert len(files) > 20
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be like Windows")
def test_every_module_can_be_imported_and_a_study_has_the_same_bytes(python, tmp_path):
    folders = [str(ROOT / "tests"), str(ROOT / "tests/unit")]
    program = PROGRAM.format(folders=folders, results=str(tmp_path / "windows"))
    assert python(program).splitlines()[-1] == digest_of_a_study(tmp_path / "linux")
    left = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {".csv", ".json", ".safetensors"}
