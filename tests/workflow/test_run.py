"""The smoke study, from nothing to the page."""

import re
import zipfile
from collections import Counter
from pathlib import Path

from recall_horizon.presentation import watch


def test_a_run_ends_with_its_page_and_what_it_says_and_a_second_one_has_nothing_to_do(ran):
    (ran.root / "results/smoke/report.html").unlink()
    said = ran.snakemake()
    assert f"The page   {(ran.root / 'results/smoke/report.html').as_uri()}" in said
    assert "Trained on one length at a time, the LSTM does not" in said
    assert "The recall horizon of the LSTM at R² ≥ 0.9 is < 3" in said
    assert 'make compare STUDIES="results/smoke results/ANOTHER"' in said
    once = watch.snapshot(ran.root / "results/smoke")
    assert (once.jobs, once.done, once.waiting, once.finished) == (4, 4, 0, True)
    assert "Nothing to be done" in ran.snakemake()


def test_every_job_leaves_a_log_that_is_not_empty(finished):
    logs = finished.files("results/smoke/logs/**/*.log")
    assert all(logs.values())
    assert b"held-out" in logs["results/smoke/logs/train/lstm/T3/seeds-0-1.log"]


def test_the_forking_snakemake_of_these_tests_plans_and_says_what_the_command_does(ran):
    words = ("--dry-run", "--printshellcmds", "--config", "replicates=6")
    times = re.compile(r"^ +(Date|Workflow ID): .*|^\[\w.*\d{4}\]$", re.MULTILINE)
    # jobs and their reasons have no fixed order
    command, forked = (times.sub("", run(*words)) for run in (ran.command, ran.snakemake))
    assert Counter(re.split(r"[,;\s]+", forked)) == Counter(re.split(r"[,;\s]+", command))
    assert "rule train:" in command


def test_the_losses_table_has_one_row_per_replicate_and_evaluated_epoch(finished):
    rows = finished.rows("losses")
    keys = [(r["model"], int(r["length"]), int(r["replicate"]), int(r["epoch"])) for r in rows]
    assert keys == [("lstm", t, r, e) for t in (3, 6) for r in range(4) for e in (0, 1, 3)]
    assert {row["status"] for row in rows} == {"ok"}


def test_the_page_is_self_contained(finished):
    page = (finished.root / "results/smoke/report.html").read_text()
    assert 'src="http' not in page
    assert "<link" not in page
    assert "data:image/svg+xml;base64," in page


def test_datasets_come_from_the_cache_between_clones(project, copy, tmp_path, monkeypatch):
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    target = "results/smoke/datasets/T3.safetensors"
    other = copy("another clone")
    other.snakemake("--cache", "dataset", "--", target)
    made = (other.root / target).read_bytes()
    project.snakemake("--cache", "dataset", "--", target)
    assert (project.root / target).read_bytes() == made
    log = "results/smoke/logs/dataset/T3.log"  # empty if nothing was made
    assert (other.root / log).read_bytes()
    assert not (project.root / log).read_bytes()
    project.edit("workflow/recall_horizon/data/tasks/first_element.py", "x[:, 0]", "x[:, -1]")
    (project.root / target).unlink()
    project.snakemake("--cache", "dataset", "--", target)
    assert (project.root / target).read_bytes() != made  # edited code never gets a stale file


def test_snakemakes_own_report_names_models_and_lengths(ran):
    ran.snakemake("--report", "report.zip")
    with zipfile.ZipFile(ran.root / "report.zip") as files:
        held = {Path(name).name for name in files.namelist()}
        text = files.read("report/report.html").decode()
    for words in (
        *("Report", "Figures", "Tables", "Sensitivity", "Training", "Datasets"),
        "Who remembers how far",  # a figure's title
        "Models: lstm. Sequence lengths: 3, 6.",
        "Losses of the model <em>lstm</em> at sequence length T = 6",
    ):
        assert words in text, words
    assert {"report.html", "paper.pdf", "degradation.svg", "summary.csv"} <= held
