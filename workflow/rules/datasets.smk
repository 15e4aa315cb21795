rule dataset:
    output:
        "<results>/datasets/T{length}.safetensors",
    log:
        "<results>/logs/dataset/T{length}.log",
    # Snakemake allows no benchmark beside it: a file from the cache took no time.
    cache: True
    priority: lambda wildcards: int(wildcards.length)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: STUDY.dataset_memory_mb(int(wildcards.length)),
        runtime=10,
    params:
        spec=lambda wildcards: STUDY.dataset_spec(int(wildcards.length)).model_dump_json(),
        code=code("dataset", catalogue.reference("task", STUDY.task.name)),
    shell:
        "python -m recall_horizon dataset --spec {params.spec:q} --output {output} > {log} 2>&1"


rule describe_datasets:
    input:
        expand("<results>/datasets/T{length}.safetensors", length=STUDY.lengths),
    output:
        report(
            "<results>/tables/datasets.csv",
            caption="../../report/captions/datasets.rst",
            category="Datasets",
            labels={"table": "datasets"},
        ),
    log:
        "<results>/logs/tables/datasets.log",
    benchmark:
        "<results>/benchmarks/tables/datasets.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: STUDY.dataset_memory_mb(max(STUDY.lengths)),
        runtime=10,
    params:
        code=code("datasets"),
    shell:
        "python -m recall_horizon datasets --input {input} --output {output} > {log} 2>&1"
