# Training jobs are named by what spans them, not file by file: thousands of paths would not fit a
# command line.
JOBS = (
    f"--models {' '.join(sorted(STUDY.models))} "
    f"--lengths {' '.join(map(str, STUDY.lengths))} --shards {' '.join(SHARDS)}"
)


def run_files(suffix):
    """The files ending in `suffix` of all training jobs."""
    return expand(
        "<results>/runs/{model}/T{length}/seeds-{shard}{suffix}",
        model=STUDY.models,
        length=STUDY.lengths,
        shard=SHARDS,
        suffix=suffix,
    )


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
    params:
        runs=subpath(input[0], ancestor=3),
        jobs=JOBS,
        code=code("losses"),
    resources:
        mem_mb=500,
        runtime=10,
    log:
        "<results>/logs/tables/losses.log",
    benchmark:
        "<results>/benchmarks/tables/losses.tsv"
    conda:
        "../../environment.yml"
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
    params:
        confidence=STUDY.analysis.confidence,
        draws=STUDY.analysis.bootstrap_draws,
        solved=STUDY.analysis.solved_r2,
        seed=STUDY.seed,
        code=code("summary"),
    resources:
        mem_mb=1000,
        runtime=10,
    log:
        "<results>/logs/tables/summary.log",
    benchmark:
        "<results>/benchmarks/tables/summary.tsv"
    conda:
        "../../environment.yml"
    shell:
        "python -m recall_horizon summary --losses {input} --output {output} "
        "--confidence {params.confidence} --draws {params.draws} "
        "--solved-r2 {params.solved} --seed {params.seed} > {log} 2>&1"
