rule dataset:
    output:
        "<results>/datasets/T{length}.safetensors",
    log:
        "<results>/logs/dataset/T{length}.log",
    # Snakemake allows no benchmark of a cached rule: a file from the cache took no time.
    cache: True
    # Before all training: the longest jobs of all read the datasets of several lengths.
    priority: lambda wildcards: 10**6 + int(wildcards.length)
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=lambda wildcards: memory.dataset_mb(STUDY, int(wildcards.length)),
        runtime=10,
    params:
        python=python,
        options=dataset_options,
        code=code("dataset", the_task()),
    shell:
        "{params.python} -m recall_horizon dataset --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"


use rule dataset as test_dataset with:
    output:
        "<results>/datasets/test/T{length}.safetensors",
    log:
        "<results>/logs/dataset/test/T{length}.log",
    params:
        options=lambda wildcards: shell_json(
            jobs.test_dataset_spec(STUDY, int(wildcards.length)).model_dump()
        ),


rule describe:
    input:
        in_results(outputs.datasets(STUDY, STUDY.lengths)),
    output:
        table("datasets", category="Datasets"),
        table("examples", category="Datasets"),
        table("models"),
    log:
        "<results>/logs/describe.log",
    benchmark:
        "<results>/benchmarks/describe.tsv"
    # Before training, so that nothing waits for it at the end.
    priority: 10**6
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000 + memory.dataset_mb(STUDY, max(STUDY.lengths)),
        runtime=10,
    params:
        python=python,
        study=STUDY_JSON,
        results=subpath(output[0], ancestor=2),
        files=shell_json([STUDY.files_of(model) for model in STUDY.models]),
        code=code("describe", the_task(), *map(architecture, STUDY.models)),
    shell:
        "{params.python} -m recall_horizon describe --study {params.study:q} "
        "--results {params.results:q} > {log:q} 2>&1"
