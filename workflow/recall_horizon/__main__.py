"""`python -m recall_horizon <step> …`: run one step of the pipeline."""

import gc
import importlib
import inspect
import logging
import os
import pkgutil
import sys
from pathlib import Path

from recall_horizon import cli
from recall_horizon.cli import _command
from recall_horizon.cli._environment import print_anything, refuse_namesakes
from recall_horizon.code import syntax
from recall_horizon.errors import RecallHorizonError
from recall_horizon.training import precision

CLOSED = 141  # the status of a command whose reader has gone: 128 + SIGPIPE


def main(arguments: list[str]) -> int:
    """Run the step that `arguments` names; return its exit status."""
    modules = (module.name for module in pkgutil.iter_modules(cli.__path__))
    steps = sorted(name for name in modules if not name.startswith("_"))
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: python -m recall_horizon <step> [options]\n")
        print("One step of the pipeline; Snakemake calls them, and you can. The steps:\n")
        for step in steps:
            about, *_ = syntax.docstring(f"recall_horizon.cli.{step}").splitlines()
            print(f"  {step:13} {about}")
        print("\n`python -m recall_horizon <step> --help` lists a step's options.")
        return 0 if arguments else 2
    if arguments[0] not in steps:
        print(f"there is no step {arguments[0]!r}; steps: {', '.join(steps)}", file=sys.stderr)
        return 2
    # A notebook sets this for its own figures. matplotlib does not load without that backend, and
    # steps only write files.
    os.environ.pop("MPLBACKEND", None)
    precision.before_torch()
    # What is imported stays. To look for garbage in it, on the way and when Python ends, takes a
    # fifth of the time of a short job that uses torch.
    gc.disable()
    try:
        if not sys.flags.safe_path:
            refuse_namesakes([Path.cwd()])
        step = importlib.import_module(f"recall_horizon.cli.{arguments[0]}")
        gc.freeze()
        gc.enable()
        if "arguments" in inspect.signature(step.main).parameters:
            step.main(arguments[1:])  # it reads them itself
        else:
            _command.run(arguments[0], step.main, arguments[1:])
    except RecallHorizonError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    print_anything()
    try:
        try:
            sys.exit(main(sys.argv[1:]))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Who reads the output, such as `head`, has read enough. Python writes the rest as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLOSED)
