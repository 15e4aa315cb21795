# What people read: the page, the paper, and where the numbers come from.
rule report:
    input:
        in_results(map(layout.table, TABLES)),
        in_results(outputs.figure_files(STUDY)),
        in_results(outputs.runs(STUDY, layout.RUN)),
        in_results([layout.CHECKED, layout.LIBRARY, layout.PLAYGROUND]),
        templates=[f"{TEMPLATES}/{name}" for name in layout.TEMPLATES],
        cells=CELLS,
        selected=all_selected,
    output:
        "<results>/provenance.json",
        report(
            "<results>/report.html",
            caption="../../report/captions/page.rst",
            category="Report",
            labels={"read": "the page"},
        ),
        report(
            "<results>/paper.pdf",
            caption="../../report/captions/page.rst",
            category="Report",
            labels={"read": "the paper"},
        ),
    log:
        "<results>/logs/report.log",
    benchmark:
        "<results>/benchmarks/report.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        study=STUDY_JSON,
        asked=shell_json(shown.asked(STUDY)),
        results=subpath(output[0], parent=True),
        templates=templates_folder,
        code={**code("report"), **table_versions()},
    shell:
        "{params.python} -m recall_horizon report --study {params.study:q} --results {params.results:q} "
        "--templates {params.templates:q} > {log:q} 2>&1"
