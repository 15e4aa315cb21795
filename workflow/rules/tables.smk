# What follows from training and takes seconds: one step makes all of it.
rule tables:
    input:
        run_files(".losses.csv"),
        selected=all_selected,
        datasets="<results>/tables/datasets.csv",
        selection=["<results>/tables/selection.csv"] if STUDY.selection else [],
    output:
        losses=table("losses"),
        summary=table("summary"),
        horizons=table("horizons"),
        budgets=table("budgets"),
        growth=table("growth"),
        outcomes=table("outcomes"),
        claims=table("claims"),
    log:
        "<results>/logs/tables/tables.log",
    benchmark:
        "<results>/benchmarks/tables/tables.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        runs=runs_folder,
        folder=subpath(output[0], parent=True),
        options=shell_json({"jobs": jobs.listed(STUDY), **jobs.statistics(STUDY)}),
        code=code("tables"),
    shell:
        "{params.python} -m recall_horizon tables --runs {params.runs:q} "
        "--datasets {input.datasets:q} --selection {input.selection:q} "
        "--options {params.options:q} --folder {params.folder:q} > {log:q} 2>&1"


rule models:
    output:
        table("models"),
    log:
        "<results>/logs/tables/models.log",
    benchmark:
        "<results>/benchmarks/tables/models.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json(
            {
                "models": jobs.described_models(STUDY),
                "task": {
                    "at": the_task(),
                    "options": STUDY.task.options,
                },
            }
        ),
        code=code("models", the_task(), *map(architecture, STUDY.models)),
    shell:
        "{params.python} -m recall_horizon models --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"
