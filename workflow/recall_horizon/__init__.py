"""How far back can a sequence model remember?

The steps of the recall-horizon pipeline, as one importable package that does not depend on
Snakemake. CONTRIBUTING.md lists its rooms; each imports from those below it, never from above.
"""

__version__ = "0.1.0"
