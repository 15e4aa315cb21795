rule claims:
    input:
        summary="<results>/tables/summary.csv",
        budgets="<results>/tables/budgets.csv",
    output:
        report(
            "<results>/tables/claims.csv",
            caption="../../report/captions/claims.rst",
            category="Tables",
            labels={"table": "claims"},
        ),
    log:
        "<results>/logs/tables/claims.log",
    benchmark:
        "<results>/benchmarks/tables/claims.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        options=shell_json(
            {
                "claims": [claim.model_dump() for claim in STUDY.claims],
                "look": {k: STUDY.look()[k] for k in ("models", "labels", "words")},
            }
        ),
        code=code("claims"),
    shell:
        "{params.python} -m recall_horizon claims --summary {input.summary:q} "
        "--budgets {input.budgets:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"


rule verification:
    input:
        losses="<results>/tables/losses.csv",
        selection=["<results>/tables/selection.csv"] if STUDY.selection else [],
        datasets="<results>/tables/datasets.csv",
        reference=reference_files(),
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
        reference=reference_folder,
        options=shell_json({"experiment": STUDY.experiment()}),
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
