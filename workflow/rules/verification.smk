rule verification:
    input:
        losses="<results>/tables/losses.csv",
        reference=f"{TEMPLATES}/reference/losses.csv",
        provenance=f"{TEMPLATES}/reference/provenance.json",
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
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        options=canonical_json({"experiment": STUDY.experiment()}),
        code=code("verification"),
    shell:
        "python -m recall_horizon verification --losses {input.losses} "
        "--reference {input.reference} --provenance {input.provenance} --datasets {input.datasets} "
        "--options {params.options:q} --output {output} > {log} 2>&1"


rule verify:
    input:
        "<results>/tables/verification.csv",
    log:
        "<results>/logs/verify.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m recall_horizon verify --table {input} 2>&1 | tee {log}"
