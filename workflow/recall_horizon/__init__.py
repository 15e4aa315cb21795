"""How far back can a sequence model remember?

The steps of the recall-horizon pipeline, as one importable package that knows nothing of
Snakemake. Each floor stands on those below it and never reaches up:

    cli                         one module a step: parses, calls, writes
    report · findings · figures what the tables say, in words and pictures
    collect · summary           tables out of runs
    training                    the loop
    models · tasks · datasets   one file an architecture, one file a task
    config · files · source     typed config, atomic files, code read as data
"""

__version__ = "0.1.0"
