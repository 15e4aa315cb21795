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
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        look=canonical_json(STUDY.look()),
        caption=lambda wildcards: source.constant(
            f"recall_horizon.figures.{wildcards.figure}", "CAPTION"
        ),
        code=lambda wildcards: code("figure", f"recall_horizon.figures.{wildcards.figure}"),
        folder=subpath(output[0], parent=True),
    shell:
        "python -m recall_horizon figure --name {wildcards.figure} --tables {input} "
        "--look {params.look:q} --folder {params.folder} > {log} 2>&1"
