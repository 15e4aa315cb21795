"""Record where a study's numbers come from."""

import argparse
import json
import logging
from pathlib import Path

from recall_horizon.analysis.collect import run_records
from recall_horizon.cli._runs import add_runs, runs_of
from recall_horizon.storage.files import write_text
from recall_horizon.storage.provenance import gather

WARNINGS = {"warnings": "what the author of the configuration should know, a list"}


def main(arguments: list[str]) -> None:
    """Write the provenance of the study in --options, with the records of --runs, to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon provenance", description=__doc__)
    add_runs(parser, {"study": "the configuration", "asked": "what its task asks", **WARNINGS})
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    options = parsed.options
    provenance = gather(options.study, options.asked, run_records(runs_of(parsed)))
    provenance["warnings"] = options.warnings
    write_text(parsed.output, json.dumps(provenance, indent=2) + "\n")
    logging.info("provenance in %s", parsed.output)
