# Numbers, intervals and verdicts: what follows from training and takes seconds, in one step.
rule tables:
    input:
        in_results(map(layout.table, layout.DESCRIBED)),
        in_results(outputs.runs(STUDY, layout.LOSSES)),
        in_results(outputs.searches(STUDY, layout.LOSSES)),
        in_results(map(layout.probe, STUDY.models)),
        in_results(map(layout.transfer, STUDY.models)),
        in_results(map(layout.of_controls, outputs.runs(SHUFFLED, layout.LOSSES))),
        selected=all_selected,
        reference=reference_files(),
    output:
        [table(name) for name in TABLES if name not in layout.DESCRIBED],
    log:
        "<results>/logs/tables.log",
    benchmark:
        "<results>/benchmarks/tables.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        study=STUDY_JSON,
        results=subpath(output[0], ancestor=2),
        reference=reference_folder,
        code=code("tables"),
    shell:
        "{params.python} -m recall_horizon tables --study {params.study:q} --results {params.results:q} "
        "--reference {params.reference:q} > {log:q} 2>&1"


rule verify:
    input:
        in_results([layout.table("verification")]),
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
