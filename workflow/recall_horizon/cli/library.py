"""Pack the JavaScript that draws a page's charts."""

import gzip
import logging
from pathlib import Path

import altair
import vl_convert

from recall_horizon.storage.files import atomic

VEGA_LITE = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])  # altair's, as in 6.4


def main(*, output: Path) -> None:
    """Write what draws interactive charts of altair's version, as one compressed script.

    It takes seconds and is the same for every study, so it is made while networks train.

    Args:
        output: the file to write, which ends in .js.gz.
    """
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    with atomic(output) as path:
        path.write_bytes(gzip.compress(script.encode(), mtime=0))
    logging.info("Vega-Lite %s in %s", VEGA_LITE, output)
