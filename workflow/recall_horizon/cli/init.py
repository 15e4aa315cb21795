"""Begin a study of your own: a configuration and a model to change, in a folder."""

import logging
from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.files import write_text
from recall_horizon.storage.project import ROOT

FILES = ("my_study.yaml", "my_model.py")


def main(folder: Path = Path()) -> None:
    """Begin a study of your own: a configuration and a model to change, in a folder.

    Args:
        folder: where to; the folder where you are if left out.
    """
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise RecallHorizonError(f"{folder / there[0]} is there already; it stays as it is")
    for name in FILES:
        write_text(folder / name, (ROOT / "examples" / name).read_text(encoding="utf-8"))
        logging.info("%s", folder / name)
    there = "" if folder == Path() else f"cd {folder} && "
    logging.info("Change them, then: %srecall-horizon run my_study.yaml", there)
