"""How far back can a sequence model remember? The pipeline's table of contents."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


include: "workflow/study.smk"


pathvars:
    results=str(RESULTS),


report: "report/captions/workflow.rst"


# On a cluster, a step that takes seconds is not worth a job: it runs where Snakemake runs.
localrules:
    all,
    figures,
    dataset,
    shuffled_dataset,
    describe_datasets,
    models,
    select,
    selection,
    losses,
    summary,
    horizons,
    budgets,
    outcomes,
    sensitivity,
    controls,
    claims,
    verification,
    verify,
    figure,
    provenance,
    page,
    paper,


# config -> dataset -> search, select -> train -> tables, probes -> figures -> page, paper
include: "workflow/rules/datasets.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/selection.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/probes.smk"
include: "workflow/rules/controls.smk"
include: "workflow/rules/verification.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/page.smk"


rule all:
    default_target: True
    input:
        "<results>/report.html",
        "<results>/paper.pdf",
        run_files(".losses.csv"),


rule figures:
    input:
        expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "pdf", "png"]),


# Of this process alone: the jobs of a cluster, which run Snakemake once more, have no hooks.
onstart:
    write_text(RESULTS / "jobs.json", canonical_json(training_jobs()))


onsuccess:
    say_the_end()


onerror:
    say_the_end(log)
