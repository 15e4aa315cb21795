rule verification:
    input:
        losses="<results>/tables/losses.csv",
        selection=["<results>/tables/selection.csv"] if STUDY.selection else [],
        datasets="<results>/tables/datasets.csv",
        reference=reference_files(),
    output:
        table("verification"),
    log:
        "<results>/logs/tables/verification.log",
    benchmark:
        "<results>/benchmarks/tables/verification.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        reference=reference_folder,
        options=shell_json({"experiment": jobs.experiment(STUDY)}),
        code=code("verification"),
    shell:
        "{params.python} -m recall_horizon verification --losses {input.losses:q} "
        "--selection {input.selection:q} --datasets {input.datasets:q} "
        "--reference {params.reference:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"


rule verify:
    input:
        "<results>/tables/verification.csv",
    log:
        "<results>/logs/verify.log",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
    shell:
        "{params.python} -m recall_horizon verify --table {input:q} 2>&1 | tee {log:q}"
