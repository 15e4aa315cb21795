use rule dataset as shuffled_dataset with:
    output:
        "<results>/controls/datasets/T{length}.safetensors",
    log:
        "<results>/logs/controls/dataset/T{length}.log",
    params:
        spec=lambda wildcards: SHUFFLED.dataset_spec(int(wildcards.length)).model_dump_json(),
        code=code("dataset", catalogue.reference("task", STUDY.task.name)),


use rule train as shuffled_train with:
    input:
        "<results>/controls/datasets/T{length}.safetensors",
    output:
        losses="<results>/controls/runs/{model}/T{length}/seeds-{first}-{last}.losses.csv",
        weights="<results>/controls/runs/{model}/T{length}/seeds-{first}-{last}.weights.safetensors",
        run="<results>/controls/runs/{model}/T{length}/seeds-{first}-{last}.run.json",
    log:
        "<results>/logs/controls/train/{model}/T{length}/seeds-{first}-{last}.log",
    benchmark:
        "<results>/benchmarks/controls/train/{model}/T{length}/seeds-{first}-{last}.tsv"
    params:
        spec=lambda wildcards: training_spec(wildcards, SHUFFLED),
        code=training_code,
        digest=lambda wildcards: training_code(wildcards, source.digest),
        checkpoint=lambda wildcards, output: checkpoint(output.run),


rule controls:
    input:
        summary="<results>/tables/summary.csv",
        models="<results>/tables/models.csv",
        datasets="<results>/tables/datasets.csv",
        shuffled=run_files(".losses.csv", SHUFFLED, "<results>/controls/runs"),
    output:
        report(
            "<results>/tables/controls.csv",
            caption="../../report/captions/controls.rst",
            category="Tables",
            labels={"table": "controls"},
        ),
    log:
        "<results>/logs/tables/controls.log",
    benchmark:
        "<results>/benchmarks/tables/controls.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        confidence=STUDY.analysis.confidence,
        draws=STUDY.analysis.bootstrap_draws,
        seed=STUDY.seed,
        code=code("controls"),
    shell:
        "python -m recall_horizon controls --summary {input.summary} --models {input.models} "
        "--datasets {input.datasets} --shuffled {input.shuffled} --output {output} "
        "--confidence {params.confidence} --draws {params.draws} --seed {params.seed} "
        "> {log} 2>&1"
