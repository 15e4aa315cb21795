# What the page speaks of, and what its figures are drawn from, to be downloaded from it.
REPORTED = sorted(
    {
        *("controls", "datasets", "horizons", "models", "predictions", "sensitivity", "summary"),
        "verification",
        *(t for f in FIGURES for t in source.constant(f"recall_horizon.figures.{f}", "TABLES")),
    }
)


rule provenance:
    input:
        run_files(".run.json"),
        losses="<results>/tables/losses.csv",
    output:
        "<results>/provenance.json",
    log:
        "<results>/logs/provenance.log",
    benchmark:
        "<results>/benchmarks/provenance.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        study=STUDY.model_dump_json(),
        runs=subpath(input[0], ancestor=3),
        jobs=jobs(),
        code=code("provenance"),
    shell:
        "python -m recall_horizon provenance --runs {params.runs} {params.jobs} "
        "--study {params.study:q} --output {output} > {log} 2>&1"


rule report:
    input:
        tables=expand("<results>/tables/{table}.csv", table=REPORTED),
        figures=expand(
            "<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "pdf", "json"]
        ),
        provenance="<results>/provenance.json",
        template=expand(f"{TEMPLATES}/page.{{kind}}", kind=["html.j2", "css", "js"]),
    output:
        report(
            "<results>/report.html",
            caption="../../report/captions/report.rst",
            category="Report",
            labels={"read": "the page"},
        ),
    log:
        "<results>/logs/report.log",
    benchmark:
        "<results>/benchmarks/report.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        look=canonical_json(STUDY.look()),
        solved=STUDY.analysis.solved_r2,
        code=code("report"),
    shell:
        "python -m recall_horizon report --tables {input.tables} --figures {input.figures} "
        "--provenance {input.provenance} --template {input.template} --look {params.look:q} "
        "--solved-r2 {params.solved} --output {output} > {log} 2>&1"


rule paper:
    input:
        tables=expand("<results>/tables/{table}.csv", table=REPORTED),
        figures=expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "json"]),
        provenance="<results>/provenance.json",
        template=expand(f"{TEMPLATES}/{{name}}", name=["paper.typ", "references.yml"]),
    output:
        report(
            "<results>/paper.pdf",
            caption="../../report/captions/report.rst",
            category="Report",
            labels={"read": "the paper"},
        ),
    log:
        "<results>/logs/paper.log",
    benchmark:
        "<results>/benchmarks/paper.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        look=canonical_json(STUDY.look()),
        solved=STUDY.analysis.solved_r2,
        code=code("paper"),
    shell:
        "python -m recall_horizon paper --tables {input.tables} --figures {input.figures} "
        "--provenance {input.provenance} --template {input.template} --look {params.look:q} "
        "--solved-r2 {params.solved} --output {output} > {log} 2>&1"
