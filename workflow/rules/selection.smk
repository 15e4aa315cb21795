# Where the study selects: each candidate is tried on the validation split, the best one is chosen
# for each model and length, or all its lengths together, and the replicates that are reported train
# with it.


use rule train as search_train with:
    input:
        dataset=training_datasets,
    output:
        losses=f"{SEARCH}/{{candidate}}.losses.csv",
        weights=f"{SEARCH}/{{candidate}}.weights.safetensors",
        run=f"{SEARCH}/{{candidate}}.run.json",
    log:
        "<results>/logs/search/{model}/{place}/{candidate}.log",
    benchmark:
        "<results>/benchmarks/search/{model}/{place}/{candidate}.tsv"
    params:
        options=search_options,


# A checkpoint: only when it has run is it known with which settings to train. What trains with the
# same settings as before is not trained again, since `train` knows the choice as its option.
checkpoint select:
    input:
        expand(f"{SEARCH}/{{candidate}}.losses.csv", candidate=STUDY.candidates, allow_missing=True),
    output:
        SELECTED,
    log:
        "<results>/logs/select/{model}/{place}.log",
    benchmark:
        "<results>/benchmarks/select/{model}/{place}.tsv"
    priority: longest
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        folder=subpath(input[0], parent=True),
        candidates=shell_json(jobs.candidates(STUDY)),
        solved_score=STUDY.analysis.solved_score,
        code=code("select"),
    shell:
        "{params.python} -m recall_horizon select --folder {params.folder:q} "
        "--candidates {params.candidates:q} --solved-score {params.solved_score} "
        "--output {output:q} > {log:q} 2>&1"
