"""Choose a model's training settings, for one length or for all, by validation scores."""

import argparse
import json
import logging
from pathlib import Path

from recall_horizon.analysis.selection import choose, last_scores
from recall_horizon.cli._options import add_options
from recall_horizon.cli._search import CANDIDATES, losses_of
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write the settings of the best of the candidates in --folder to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon select", description=__doc__)
    parser.add_argument("--folder", required=True, type=Path, help="the search of model and length")
    parser.add_argument("--output", required=True, type=Path, help="JSON to write")
    solved = "the least score of a replicate that solved the task"
    add_options(parser, {**CANDIDATES, "solved_score": solved})
    parsed = parser.parse_args(arguments)
    candidates = parsed.options.candidates
    losses = losses_of(parsed.folder, candidates)
    scores = {name: last_scores(table) for name, table in losses.items()}
    chosen = choose(candidates, scores, parsed.options.solved_score)
    write_text(parsed.output, json.dumps(candidates[chosen], sort_keys=True) + "\n")
    logging.info("chosen of %d candidates: %s", len(candidates), chosen)
