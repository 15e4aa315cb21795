rule probe:
    input:
        weights=lambda wildcards: run_files(".weights.safetensors", models=[wildcards.model]),
        datasets=lambda wildcards: dataset_files(STUDY.lengths_of(wildcards.model)),
        selected=all_selected,
    output:
        report(
            "<results>/probes/{model}.csv",
            caption="../../report/captions/probe.rst",
            category="Sensitivity",
            labels={"model": "{model}", "table": "every replicate"},
        ),
    log:
        "<results>/logs/probe/{model}.log",
    benchmark:
        "<results>/benchmarks/probe/{model}.tsv"
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * (
            IN_A_JOB_MB
            + memory.training_mb(STUDY, wildcards.model, STUDY.lengths_of(wildcards.model))
        ),
        runtime=lambda wildcards, attempt: attempt * 30,
    params:
        python=python,
        runs=runs_folder,
        options=lambda wildcards: shell_json(
            {
                "jobs": jobs.listed(STUDY, [wildcards.model]),
                "sequences": STUDY.analysis.probe_sequences,
            }
        ),
        code=lambda wildcards: code("probe", architecture(wildcards.model)),
    shell:
        "{params.python} -m recall_horizon probe --runs {params.runs:q} "
        "--datasets {input.datasets:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"


rule sensitivity:
    input:
        probes=expand("<results>/probes/{model}.csv", model=STUDY.models),
        models="<results>/tables/models.csv",
        horizons="<results>/tables/horizons.csv",
        outcomes="<results>/tables/outcomes.csv",
    output:
        "<results>/tables/profiles.csv",
        "<results>/tables/sensitivity.csv",
        "<results>/tables/rules.csv",
        table("predictions"),
    log:
        "<results>/logs/tables/sensitivity.log",
    benchmark:
        "<results>/benchmarks/tables/sensitivity.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        folder=subpath(output[0], parent=True),
        options=shell_json({"solved_score": STUDY.analysis.solved_score}),
        code=code("sensitivity"),
    shell:
        "{params.python} -m recall_horizon sensitivity --probes {input.probes:q} "
        "--models {input.models:q} --horizons {input.horizons:q} --outcomes {input.outcomes:q} "
        "--options {params.options:q} --folder {params.folder:q} > {log:q} 2>&1"
