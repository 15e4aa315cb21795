"""Pack the JavaScript that draws a page's charts."""

import gzip
import logging
import zlib
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import altair

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.caches import cached
from recall_horizon.storage.files import atomic

VEGA_LITE = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])  # altair's, as in 6.4


def main(*, output: Path) -> None:
    """Write what draws interactive charts of altair's version, as one compressed script.

    It takes seconds and is the same for every study: it is made while networks train, once for
    each user.

    Args:
        output: the file to write, which ends in .js.gz.
    """
    kept = cached(f"vega-lite-{VEGA_LITE}-{metadata.version('vl-convert-python')}.js.gz")
    packed = _whole(kept) or _made(kept)
    with atomic(output) as path:
        path.write_bytes(packed)
    logging.info("Vega-Lite %s in %s", VEGA_LITE, output)


def _whole(kept: Path) -> bytes:
    """What is kept, if all of it is there."""
    with suppress(OSError, EOFError, zlib.error):
        packed = kept.read_bytes()
        return packed if gzip.decompress(packed) else b""
    return b""


def _made(kept: Path) -> bytes:
    """The script, kept for the next time where that can be done."""
    import vl_convert

    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    packed = gzip.compress(script.encode(), mtime=0)
    with suppress(RecallHorizonError), atomic(kept) as path:
        path.write_bytes(packed)
    return packed
