# A few networks, for readers of the page to play with. Nothing is trained.
ARCHITECTURES = [Path(file).stem for file in CELLS]
PLAYED = playground.models(STUDY, ARCHITECTURES)


rule playground:
    input:
        in_results(outputs.runs(STUDY, layout.WEIGHTS, PLAYED)),
        in_results(outputs.datasets(STUDY, [max(playground.lengths(STUDY))])),
        in_results(map(layout.table, playground.TABLES)),
        selected=all_selected,
    output:
        f"<results>/{layout.PLAYGROUND}",
    log:
        "<results>/logs/playground.log",
    benchmark:
        "<results>/benchmarks/playground.tsv"
    priority: 1  # before figures, which take all cores
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000 + memory.dataset_mb(STUDY, max(playground.lengths(STUDY))),
        runtime=10,
    params:
        python=python,
        study=STUDY_JSON,
        results=subpath(output[0], parent=True),
        cells=ARCHITECTURES,
        code=code("playground", the_task(), *map(architecture, PLAYED)),
    shell:
        "{params.python} -m recall_horizon playground --study {params.study:q} "
        "--results {params.results:q} --cells {params.cells:q} > {log:q} 2>&1"
