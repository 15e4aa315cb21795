rule verification:
    input:
        losses="<results>/tables/losses.csv",
        reference=f"{REFERENCE}/losses.csv.gz",
        provenance=f"{REFERENCE}/provenance.json",
        datasets="<results>/tables/datasets.csv",
    output:
        report(
            "<results>/tables/verification.csv",
            caption="../../report/captions/verification.rst",
            category="Tables",
            labels={"table": "verification"},
        ),
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
        options=canonical_json({"experiment": STUDY.experiment()}),
        code=code("verification"),
    shell:
        "{params.python} -m recall_horizon verification --losses {input.losses:q} "
        "--reference {input.reference:q} --provenance {input.provenance:q} "
        "--datasets {input.datasets:q} --options {params.options:q} --output {output:q} "
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
