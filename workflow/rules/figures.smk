# What draws interactive charts, the same for every study. It is made while networks train.
rule library:
    output:
        f"<results>/{layout.LIBRARY}",
    log:
        "<results>/logs/library.log",
    benchmark:
        "<results>/benchmarks/library.tsv"
    priority: 10**6
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        code=code("library"),
    shell:
        "{params.python} -m recall_horizon library --output {output:q} > {log:q} 2>&1"


rule figures:
    input:
        in_results(map(layout.table, outputs.figure_tables(STUDY))),
    output:
        [picture(file) for file in outputs.figure_files(STUDY)],
    log:
        "<results>/logs/figures.log",
    benchmark:
        "<results>/benchmarks/figures.tsv"
    conda:
        "../envs/analysis.yaml"
    threads: 8
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        python=python,
        study=STUDY_JSON,
        results=subpath(output[0], ancestor=2),
        code=code("figures", *map(catalogue.figure, FIGURES)),
    shell:
        "{params.python} -m recall_horizon figures --study {params.study:q} --results {params.results:q} "
        "--processes {threads} > {log:q} 2>&1"
