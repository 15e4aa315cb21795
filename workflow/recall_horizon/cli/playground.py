"""Export a few trained networks, with which readers of the page can play."""

import logging
from pathlib import Path

from recall_horizon.analysis import playground
from recall_horizon.config.playground import models
from recall_horizon.config.study import Study
from recall_horizon.storage import layout
from recall_horizon.storage.files import canonical_json, write_text


def main(*, study: Study, results: Path, cells: list[str]) -> None:
    """Write networks of a study as JSON, with their weights and some held-out sequences.

    Args:
        study: the configuration.
        results: the folder of its results.
        cells: the architectures that the page can compute.
    """
    made = playground.exported(study, results, models(study, cells))
    write_text(results / layout.PLAYGROUND, canonical_json(made) + "\n")
    networks = made["networks"]
    names = [f"{n['model']} ({n['trained_on']}), replicate {n['replicate']}" for n in networks]
    logging.info("%d networks: %s", len(networks), "; ".join(names))
