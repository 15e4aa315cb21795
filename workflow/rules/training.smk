rule train:
    input:
        dataset=training_datasets,
        selected=selected_file,
    output:
        losses=report(
            "<results>/runs/{model}/{place}/seeds-{first}-{last}.losses.csv",
            caption="../../report/captions/training.rst",
            category="Training",
            subcategory="{model}",
            labels={"model": "{model}", "trained on": "{place}", "replicates": "{first}–{last}"},
        ),
        weights="<results>/runs/{model}/{place}/seeds-{first}-{last}.weights.safetensors",
        run="<results>/runs/{model}/{place}/seeds-{first}-{last}.run.json",
    log:
        "<results>/logs/train/{model}/{place}/seeds-{first}-{last}.log",
    benchmark:
        "<results>/benchmarks/train/{model}/{place}/seeds-{first}-{last}.tsv"
    # The longest first, so that no core waits for a long job at the end.
    priority: longest
    conda:
        "../envs/training.yaml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * (IN_A_JOB_MB + memory.training_mb(STUDY, wildcards.model, lengths_in(wildcards))),
        runtime=lambda wildcards, attempt: attempt * 60,
        gpu=lambda wildcards: int(STUDY.training_of(wildcards.model).device == "cuda"),
    params:
        python=python,
        options=training_options,
        code=training_code,
        digest=training_digest,
        checkpoint=checkpoint_file,
        every=checkpoint_seconds,
    shell:
        "{params.python} -m recall_horizon train --options {params.options:q} --dataset {input.dataset:q} "
        "--losses {output.losses:q} --weights {output.weights:q} --run {output.run:q} "
        "--threads {threads} --checkpoint {params.checkpoint:q} --every {params.every} "
        "--code {params.digest} > {log:q} 2>&1"
