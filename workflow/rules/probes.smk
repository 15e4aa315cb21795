# What a model's answers depend on, and what its networks score at every length. Nothing is trained.
rule probe:
    input:
        weights=lambda wildcards: in_results(outputs.runs(STUDY, layout.WEIGHTS, [wildcards.model])),
        tests=lambda wildcards: in_results(
            outputs.datasets(STUDY, STUDY.tested_at(wildcards.model))
        ),
        selected=all_selected,
    output:
        report(
            "<results>/probes/{model}.csv",
            caption="../../report/captions/probe.rst",
            category="Sensitivity",
            labels={"model": "{model}", "table": "every replicate"},
        ),
        report(
            "<results>/transfers/{model}.csv",
            caption="../../report/captions/transfer.rst",
            category="Other lengths",
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
            + memory.training_mb(STUDY, wildcards.model, STUDY.tested_at(wildcards.model))
        ),
        runtime=lambda wildcards, attempt: attempt * 30,
    params:
        python=python,
        results=subpath(output[0], ancestor=2),
        jobs=lambda wildcards: shell_json(jobs.listed(STUDY, [wildcards.model])),
        probe_sequences=STUDY.analysis.probe_sequences,
        test_sequences=STUDY.analysis.test_sequences,
        code=lambda wildcards: code("probe", the_task(), architecture(wildcards.model)),
    shell:
        "{params.python} -m recall_horizon probe --results {params.results:q} --jobs {params.jobs:q} "
        "--tests {input.tests:q} --probe-sequences {params.probe_sequences} "
        "--test-sequences {params.test_sequences} > {log:q} 2>&1"
