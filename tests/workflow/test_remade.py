"""What is missing of a study's results, and only that, is made again by the next run."""

import re

from recall_horizon.storage import layout

ASKED = re.compile(r"^(?:local)?rule all:\n    input: (.+)$", re.MULTILINE)


def asked(project, *words):
    """The files that the default target asks for, all of them: none stands for others."""
    said = project.snakemake("--dry-run", "--forcerun", "all", *words)
    return set(ASKED.search(said)[1].split(", "))


def test_the_default_target_asks_for_all_tables_and_figures_and_for_what_is_selected(finished):
    made = {
        *finished.files("results/smoke/tables/*"),
        *finished.files("results/smoke/figures/*"),
        *(f"results/smoke/{name}" for name in ("report.html", "paper.pdf", "provenance.json")),
    }
    assert len(made) > 30
    assert {file.rpartition(".")[2] for file in made} == {
        *("csv", "svg", "pdf", "png", "json", "html")
    }
    plain = asked(finished)
    assert made <= plain

    grid = "selection={grid: {learning_rate: [0.001, 0.01]}, replicates: 3}"
    selects = asked(finished, "--config", grid)
    assert {file for file in selects - plain if "/runs/" not in file} == {
        f"results/smoke/{file}"
        for name in ("selection", "windows")
        for file in (layout.table(name), *layout.figure(name))
    }


def test_missing_figures_and_tables_are_made_again(ran):
    missing = ("figures/degradation.png", "figures/outcomes.json", "tables/growth.csv")
    paths = [ran.root / "results/smoke" / file for file in missing]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    planned = ran.would_run()
    assert planned["tables"] == 1
    assert planned["figures"] == 1
    assert not {"train", "probe", "dataset"} & planned.keys()
    ran.snakemake()
    assert [path.read_bytes() for path in paths] == before
    assert not ran.would_run()
