rule provenance:
    input:
        run_files(".run.json"),
        losses="<results>/tables/losses.csv",
        selected=all_selected,
    output:
        "<results>/provenance.json",
    log:
        "<results>/logs/provenance.log",
    benchmark:
        "<results>/benchmarks/provenance.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        runs=runs_folder,
        options=shell_json(
            {
                "jobs": jobs.listed(STUDY),
                "study": jobs.recorded(STUDY),
                "asked": shown.asked(STUDY),
                "warnings": WARNINGS,
            }
        ),
        code={**code("provenance"), **table_versions()},
    shell:
        "{params.python} -m recall_horizon provenance --runs {params.runs:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"


rule page:
    input:
        tables=expand("<results>/tables/{table}.csv", table=TABLES),
        figures=expand(
            "<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "pdf", "json"]
        ),
        provenance="<results>/provenance.json",
        template=expand(
            f"{TEMPLATES}/{{file}}",
            file=["page.html.j2", "page.css", "page.js", "sentences.j2", "table.html.j2"],
        ),
    output:
        report(
            "<results>/report.html",
            caption="../../report/captions/page.rst",
            category="Report",
            labels={"read": "the page"},
        ),
    log:
        "<results>/logs/page.log",
    benchmark:
        "<results>/benchmarks/page.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        options=words(),
        code=code("page"),
    shell:
        "{params.python} -m recall_horizon page --tables {input.tables:q} "
        "--figures {input.figures:q} --provenance {input.provenance:q} "
        "--template {input.template:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"


rule paper:
    input:
        tables=expand("<results>/tables/{table}.csv", table=TABLES),
        figures=expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "json"]),
        provenance="<results>/provenance.json",
        template=expand(
            f"{TEMPLATES}/{{name}}", name=["paper.typ", "references.yml", "sentences.j2"]
        ),
    output:
        report(
            "<results>/paper.pdf",
            caption="../../report/captions/page.rst",
            category="Report",
            labels={"read": "the paper"},
        ),
    log:
        "<results>/logs/paper.log",
    benchmark:
        "<results>/benchmarks/paper.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        options=words(),
        code=code("paper"),
    shell:
        "{params.python} -m recall_horizon paper --tables {input.tables:q} "
        "--figures {input.figures:q} --provenance {input.provenance:q} "
        "--template {input.template:q} --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"
