rule losses:
    input:
        run_files(".losses.csv"),
    output:
        report(
            "<results>/tables/losses.csv",
            caption="../../report/captions/losses.rst",
            category="Tables",
            labels={"table": "losses"},
        ),
    log:
        "<results>/logs/tables/losses.log",
    benchmark:
        "<results>/benchmarks/tables/losses.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        runs=subpath(input[0], ancestor=3),
        jobs=jobs(),
        code=code("losses"),
    shell:
        "python -m recall_horizon losses --runs {params.runs} {params.jobs} --output {output} "
        "> {log} 2>&1"


rule summary:
    input:
        "<results>/tables/losses.csv",
    output:
        report(
            "<results>/tables/summary.csv",
            caption="../../report/captions/summary.rst",
            category="Tables",
            labels={"table": "summary"},
        ),
    log:
        "<results>/logs/tables/summary.log",
    benchmark:
        "<results>/benchmarks/tables/summary.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        confidence=STUDY.analysis.confidence,
        draws=STUDY.analysis.bootstrap_draws,
        solved=STUDY.analysis.solved_r2,
        seed=STUDY.seed,
        code=code("summary"),
    shell:
        "python -m recall_horizon summary --losses {input} --output {output} "
        "--confidence {params.confidence} --draws {params.draws} "
        "--solved-r2 {params.solved} --seed {params.seed} > {log} 2>&1"


rule horizons:
    input:
        "<results>/tables/losses.csv",
    output:
        report(
            "<results>/tables/horizons.csv",
            caption="../../report/captions/horizons.rst",
            category="Tables",
            labels={"table": "horizons"},
        ),
    log:
        "<results>/logs/tables/horizons.log",
    benchmark:
        "<results>/benchmarks/tables/horizons.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        thresholds=STUDY.analysis.horizon_r2,
        confidence=STUDY.analysis.confidence,
        draws=STUDY.analysis.bootstrap_draws,
        seed=STUDY.seed,
        code=code("horizons"),
    shell:
        "python -m recall_horizon horizons --losses {input} --output {output} "
        "--thresholds {params.thresholds} --confidence {params.confidence} "
        "--draws {params.draws} --seed {params.seed} > {log} 2>&1"
