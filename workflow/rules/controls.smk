use rule dataset as shuffled_dataset with:
    output:
        "<results>/controls/datasets/T{length}.safetensors",
    log:
        "<results>/logs/controls/dataset/T{length}.log",
    params:
        options=lambda wildcards: dataset_options(wildcards, SHUFFLED, shuffled=True),


use rule train as shuffled_train with:
    input:
        dataset=lambda wildcards: dataset_files(
            lengths_in(wildcards), "<results>/controls/datasets"
        ),
    output:
        losses="<results>/controls/runs/{model}/{place}/seeds-{first}-{last}.losses.csv",
        weights="<results>/controls/runs/{model}/{place}/seeds-{first}-{last}.weights.safetensors",
        run="<results>/controls/runs/{model}/{place}/seeds-{first}-{last}.run.json",
    log:
        "<results>/logs/controls/train/{model}/{place}/seeds-{first}-{last}.log",
    benchmark:
        "<results>/benchmarks/controls/train/{model}/{place}/seeds-{first}-{last}.tsv"
    params:
        options=lambda wildcards: training_options(wildcards, SHUFFLED),


rule controls:
    input:
        summary="<results>/tables/summary.csv",
        models="<results>/tables/models.csv",
        datasets="<results>/tables/datasets.csv",
        losses="<results>/tables/losses.csv",
        shuffled=run_files(".losses.csv", SHUFFLED, "<results>/controls/runs"),
    output:
        table("controls"),
    log:
        "<results>/logs/tables/controls.log",
    benchmark:
        "<results>/benchmarks/tables/controls.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json({"confidence": STUDY.analysis.confidence}),
        code=code("controls"),
    shell:
        "{params.python} -m recall_horizon controls --summary {input.summary:q} "
        "--models {input.models:q} --datasets {input.datasets:q} --losses {input.losses:q} "
        "--shuffled {input.shuffled:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"
