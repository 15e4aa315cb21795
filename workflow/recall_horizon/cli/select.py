"""Choose a model's training settings, for one length or for all, by validation scores."""

import json
import logging
from pathlib import Path
from typing import Any

from recall_horizon.analysis.selection import choose, last_scores, losses_of
from recall_horizon.storage.files import write_text


def main(
    *,
    folder: Path,
    candidates: dict[str, dict[str, Any]],
    solved_score: float,
    output: Path,
) -> None:
    """Write the settings of the candidate that scores best.

    Args:
        folder: the search jobs of a model, at one length or all.
        candidates: the settings of each, by its name: {name: {key of training: value}}.
        solved_score: the least score of a replicate that solved the task.
        output: the JSON to write.
    """
    losses = losses_of(folder, candidates)
    scores = {name: last_scores(table) for name, table in losses.items()}
    chosen = choose(candidates, scores, solved_score)
    write_text(output, json.dumps(candidates[chosen], sort_keys=True) + "\n")
    logging.info("chosen of %d candidates: %s", len(candidates), chosen)
