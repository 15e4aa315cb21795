rule losses:
    input:
        run_files(".losses.csv"),
        selected=all_selected,
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
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        runs=runs_folder,
        options=shell_json({"jobs": jobs()}),
        code=code("losses"),
    shell:
        "{params.python} -m recall_horizon losses --runs {params.runs:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"


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
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json({**intervals(), "solved_score": STUDY.analysis.solved_score}),
        code=code("summary"),
    shell:
        "{params.python} -m recall_horizon summary --losses {input:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"


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
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json({**intervals(), "thresholds": STUDY.analysis.horizon_score}),
        code=code("horizons"),
    shell:
        "{params.python} -m recall_horizon horizons --losses {input:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"


rule budgets:
    input:
        losses="<results>/tables/losses.csv",
        selection=["<results>/tables/selection.csv"] if STUDY.selection else [],
    output:
        budgets=report(
            "<results>/tables/budgets.csv",
            caption="../../report/captions/budgets.rst",
            category="Tables",
            labels={"table": "budgets"},
        ),
        growth=report(
            "<results>/tables/growth.csv",
            caption="../../report/captions/growth.rst",
            category="Tables",
            labels={"table": "growth"},
        ),
    log:
        "<results>/logs/tables/budgets.log",
    benchmark:
        "<results>/benchmarks/tables/budgets.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json(
            {
                **intervals(),
                "thresholds": STUDY.analysis.horizon_score,
                "an_epoch": {m: STUDY.training_of(m).an_epoch() for m in STUDY.models},
            }
        ),
        code=code("budgets"),
    shell:
        "{params.python} -m recall_horizon budgets --losses {input.losses:q} "
        "--selection {input.selection:q} "
        "--options {params.options:q} --budgets {output.budgets:q} --growth {output.growth:q} "
        "> {log:q} 2>&1"


rule outcomes:
    input:
        "<results>/tables/losses.csv",
    output:
        report(
            "<results>/tables/outcomes.csv",
            caption="../../report/captions/outcomes.rst",
            category="Tables",
            labels={"table": "outcomes"},
        ),
    log:
        "<results>/logs/tables/outcomes.log",
    benchmark:
        "<results>/benchmarks/tables/outcomes.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        python=python,
        options=shell_json({"solved_score": STUDY.analysis.solved_score}),
        code=code("outcomes"),
    shell:
        "{params.python} -m recall_horizon outcomes --losses {input:q} "
        "--options {params.options:q} --output {output:q} > {log:q} 2>&1"


rule models:
    output:
        report(
            "<results>/tables/models.csv",
            caption="../../report/captions/models.rst",
            category="Tables",
            labels={"table": "models"},
        ),
    log:
        "<results>/logs/tables/models.log",
    benchmark:
        "<results>/benchmarks/tables/models.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        python=python,
        options=shell_json(
            {
                "models": STUDY.described_models(),
                "task": {
                    "at": the_task(),
                    "options": STUDY.task.options,
                },
            }
        ),
        code=code("models", the_task(), *map(architecture, STUDY.models)),
    shell:
        "{params.python} -m recall_horizon models --options {params.options:q} --output {output:q} "
        "> {log:q} 2>&1"
