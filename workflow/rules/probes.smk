rule probe:
    input:
        weights=lambda wildcards: run_files(".weights.safetensors", models=[wildcards.model]),
        datasets=expand("<results>/datasets/T{length}.safetensors", length=STUDY.lengths),
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
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * (IN_A_JOB_MB + STUDY.training_memory_mb(wildcards.model, max(STUDY.lengths))),
        runtime=30,
    params:
        sequences=STUDY.analysis.probe_sequences,
        runs=subpath(input[0], ancestor=3),
        jobs=lambda wildcards: jobs([wildcards.model]),
        code=lambda wildcards: code("probe", architecture(wildcards.model)),
    shell:
        "python -m recall_horizon probe --runs {params.runs} {params.jobs} --datasets {input.datasets} "
        "--sequences {params.sequences} --output {output} > {log} 2>&1"


rule models:
    output:
        report(
            "<results>/tables/models.csv",
            caption="../../report/captions/models.rst",
            category="Tables",
            labels={"table": "models"},
        ),
    log:
        "<results>/logs/tables/models.log",
    benchmark:
        "<results>/benchmarks/tables/models.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        models=canonical_json(STUDY.described_models()),
        lengths=STUDY.lengths,
        task=STUDY.task.name,
        code=code("models", *map(architecture, STUDY.models)),
    shell:
        "python -m recall_horizon models --models {params.models:q} --lengths {params.lengths} "
        "--task {params.task} "
        "--output {output} > {log} 2>&1"


rule sensitivity:
    input:
        probes=expand("<results>/probes/{model}.csv", model=STUDY.models),
        models="<results>/tables/models.csv",
        horizons="<results>/tables/horizons.csv",
    output:
        profiles="<results>/tables/profiles.csv",
        sensitivity="<results>/tables/sensitivity.csv",
        predictions=report(
            "<results>/tables/predictions.csv",
            caption="../../report/captions/predictions.rst",
            category="Tables",
            labels={"table": "predictions"},
        ),
    log:
        "<results>/logs/tables/sensitivity.log",
    benchmark:
        "<results>/benchmarks/tables/sensitivity.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("sensitivity"),
    shell:
        "python -m recall_horizon sensitivity --probes {input.probes} --models {input.models} "
        "--horizons {input.horizons} --profiles {output.profiles} "
        "--sensitivity {output.sensitivity} --predictions {output.predictions} > {log} 2>&1"
