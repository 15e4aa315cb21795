# What networks score at other lengths than those that they are trained on. Nothing is trained.
rule transfer:
    input:
        weights=lambda wildcards: run_files(".weights.safetensors", models=[wildcards.model]),
        datasets=lambda wildcards: tested_datasets(wildcards.model),
        selected=all_selected,
    output:
        report(
            "<results>/transfers/{model}.csv",
            caption="../../report/captions/transfer.rst",
            category="Other lengths",
            labels={"model": "{model}", "table": "every replicate"},
        ),
    log:
        "<results>/logs/transfer/{model}.log",
    benchmark:
        "<results>/benchmarks/transfer/{model}.tsv"
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * (
            IN_A_JOB_MB
            + memory.training_mb(STUDY, wildcards.model, STUDY.tested_at(wildcards.model))
        ),
        runtime=lambda wildcards, attempt: attempt * 30,
    params:
        python=python,
        runs=runs_folder,
        options=lambda wildcards: shell_json(
            {
                "jobs": jobs.listed(STUDY, [wildcards.model]),
                "sequences": STUDY.analysis.test_sequences,
            }
        ),
        code=lambda wildcards: code("transfer", the_task(), architecture(wildcards.model)),
    shell:
        "{params.python} -m recall_horizon transfer --runs {params.runs:q} "
        "--datasets {input.datasets:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"
