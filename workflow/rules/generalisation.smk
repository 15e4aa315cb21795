rule generalisation:
    input:
        transfers=expand("<results>/transfers/{model}.csv", model=STUDY.models),
    output:
        table("transfer"),
        table("transfer_summary"),
        table("generalisation"),
    log:
        "<results>/logs/tables/generalisation.log",
    benchmark:
        "<results>/benchmarks/tables/generalisation.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        folder=subpath(output[0], parent=True),
        options=shell_json(
            {
                "confidence": STUDY.analysis.confidence,
                "lengths": {model: STUDY.lengths_of(model) for model in STUDY.models},
                "thresholds": STUDY.analysis.horizon_score,
            }
        ),
        code=code("generalisation"),
    shell:
        "{params.python} -m recall_horizon generalisation --transfers {input.transfers:q} "
        "--options {params.options:q} --folder {params.folder:q} > {log:q} 2>&1"
