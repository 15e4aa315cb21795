"""`recall-horizon <command> …`, or `python -m recall_horizon <command> …`."""

import gc
import importlib
import inspect
import logging
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from recall_horizon import cli
from recall_horizon.cli import _command
from recall_horizon.cli._environment import print_anything, refuse_namesakes
from recall_horizon.code import syntax
from recall_horizon.code.version import __version__
from recall_horizon.errors import RecallHorizonError, nearest
from recall_horizon.training import precision

CLOSED = 141  # the status of a command whose reader has gone: 128 + SIGPIPE
# What people call. All others are steps of the pipeline, which Snakemake calls.
PEOPLE = ("init", "run", "plan", "watch", "open", "try", "compare", "archive")


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` names; return its exit status."""
    modules = (module.name for module in pkgutil.iter_modules(cli.__path__))
    commands = {name.rstrip("_"): name for name in modules if not name.startswith("_")}
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    if not arguments or arguments[0] in ("-h", "--help"):
        print("\n".join(_help(commands)))
        return 0 if arguments else 2
    if arguments[0] == "--version":
        print(f"recall-horizon {__version__}")
        return 0
    if arguments[0] not in commands:
        print(
            f"there is no command {arguments[0]!r}; {nearest(arguments[0], commands)}",
            file=sys.stderr,
        )
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
        command = importlib.import_module(f"recall_horizon.cli.{commands[arguments[0]]}")
        gc.freeze()
        gc.enable()
        if "arguments" in inspect.signature(command.main).parameters:
            command.main(arguments[1:])  # it reads them itself
        else:
            _command.run(arguments[0], command.main, arguments[1:])
    except RecallHorizonError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    return 0


def _help(commands: dict[str, str]) -> Iterator[str]:
    """The commands with what each does, those that people call first."""

    def listed(names: Iterable[str]) -> Iterator[str]:
        for name in names:
            about, *_ = syntax.docstring(f"recall_horizon.cli.{commands[name]}").splitlines()
            yield f"  {name:13} {about}"

    yield from ("usage: recall-horizon <command> [options]", "", "What you can do:", "")
    yield from listed(PEOPLE)
    yield from ("", "The steps of the pipeline; Snakemake calls them, and you can:", "")
    yield from listed(sorted(commands.keys() - {*PEOPLE}))
    yield from ("", "`recall-horizon <command> --help` lists a command's options.")


def command() -> None:
    """Run the command that this process is called with, and end with its exit status."""
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


if __name__ == "__main__":
    command()
