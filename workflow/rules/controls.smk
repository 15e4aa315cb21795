use rule dataset as shuffled_dataset with:
    output:
        "<results>/controls/datasets/T{length}.safetensors",
    log:
        "<results>/logs/controls/dataset/T{length}.log",
    params:
        options=lambda wildcards: dataset_options(wildcards, SHUFFLED, shuffled=True),


use rule train as shuffled_train with:
    input:
        dataset=lambda wildcards: in_results(
            map(layout.of_controls, outputs.datasets(SHUFFLED, lengths_in(wildcards)))
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
        in_results([layout.table("controls")]),
    output:
        f"<results>/{layout.CHECKED}",
    log:
        "<results>/logs/controls.log",
    benchmark:
        "<results>/benchmarks/controls.tsv"
    priority: 1  # before figures, which take all cores
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        code=code("controls"),
    shell:
        "{params.python} -m recall_horizon controls --table {input:q} --output {output:q} "
        "> {log:q} 2>&1"
