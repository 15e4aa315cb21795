rule figure:
    input:
        figure_tables,
    output:
        report(
            "<results>/figures/{figure}.svg",
            caption="../../report/captions/figure.rst",
            category="Figures",
            labels={"figure": "{figure}", "format": "svg"},
        ),
        "<results>/figures/{figure}.pdf",
        "<results>/figures/{figure}.png",
        "<results>/figures/{figure}.json",
    log:
        "<results>/logs/figures/{figure}.log",
    benchmark:
        "<results>/benchmarks/figures/{figure}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        options=shell_json(shown.look_of(STUDY)._asdict()),
        caption=figure_caption,
        code=lambda wildcards: code("figure", catalogue.figure(wildcards.figure)),
        folder=subpath(output[0], parent=True),
    shell:
        "{params.python} -m recall_horizon figure --name {wildcards.figure} --tables {input:q} "
        "--options {params.options:q} --folder {params.folder:q} > {log:q} 2>&1"
