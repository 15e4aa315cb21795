rule train:
    input:
        "<results>/datasets/T{length}.safetensors",
    output:
        losses=report(
            "<results>/runs/{model}/T{length}/seeds-{first}-{last}.losses.csv",
            caption="../../report/captions/training.rst",
            category="Training",
            subcategory="{model}",
            labels={"model": "{model}", "length T": "{length}", "replicates": "{first}–{last}"},
        ),
        weights="<results>/runs/{model}/T{length}/seeds-{first}-{last}.weights.safetensors",
        run="<results>/runs/{model}/T{length}/seeds-{first}-{last}.run.json",
    log:
        "<results>/logs/train/{model}/T{length}/seeds-{first}-{last}.log",
    benchmark:
        "<results>/benchmarks/train/{model}/T{length}/seeds-{first}-{last}.tsv"
    # The longest first, so that no core waits for a long job at the end.
    priority: lambda wildcards: int(wildcards.length)
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * (IN_A_JOB_MB + STUDY.training_memory_mb(wildcards.model, int(wildcards.length))),
        runtime=60,
        # No parameter, whose change would train again.
        checkpoint_seconds=STUDY.checkpoint_seconds,
        gpu=lambda wildcards: int(STUDY.training_of(wildcards.model).device == "cuda"),
    params:
        spec=training_spec,
        code=training_code,
        # The same in one word, for the checkpoint.
        digest=lambda wildcards: training_code(wildcards, source.digest),
        # Where a killed job's next attempt finds its state. No output: those are deleted with it.
        checkpoint=lambda wildcards, output: checkpoint(output.run),
    shell:
        "python -m recall_horizon train --spec {params.spec:q} --dataset {input} "
        "--losses {output.losses} --weights {output.weights} --run {output.run} "
        "--threads {threads} --checkpoint {params.checkpoint} "
        "--every {resources.checkpoint_seconds} --code {params.digest} > {log} 2>&1"
