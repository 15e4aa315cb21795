"""Options that are given twice, of which a parser would keep the last and drop the others."""

import argparse
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from recall_horizon.errors import RecallHorizonError

TIMES = {2: "twice", 3: "three times"}


def read_once(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """What `parser` reads in `words`, which may not give an option twice if it would keep one.

    It reads them with its abbreviations and short forms. It should not be used again.

    Raises:
        RecallHorizonError: one line for each such option, with what to write instead.
    """
    given: dict[argparse.Action, list[Any]] = defaultdict(list)
    for action in parser._actions:
        if action.option_strings and _keeps_one(action):
            action.__class__ = _noting(type(action), given)
    read, _ = parser.parse_known_args(list(words))
    problems = [
        problem for action, values in given.items() for problem in _problems(action, values)
    ]
    if problems:
        raise RecallHorizonError("\n".join(problems))
    return read


def _keeps_one(action: argparse.Action) -> bool:
    """Whether an option that is given again replaces its value, unlike a flag or a list of all."""
    return isinstance(action, argparse._StoreAction)


def _noting(
    kind: type[argparse.Action], given: dict[argparse.Action, list[Any]]
) -> type[argparse.Action]:
    """A class like `kind` whose actions note each value in `given`."""

    class Noting(kind):
        def __call__(self, parser: Any, namespace: Any, values: Any, option: Any = None) -> None:
            given[self].append(values)
            super().__call__(parser, namespace, values, option)

    return Noting


def _problems(action: argparse.Action, values: list[Any]) -> Iterator[str]:
    option = next(
        (o for o in action.option_strings if o.startswith("--")), action.option_strings[0]
    )
    several = action.nargs in ("*", "+")
    words = [str(word) for value in values for word in value or ()] if several else []
    twice = []
    if several and "=" in str(action.metavar):  # each word sets a key
        counts = Counter(word.partition("=")[0] for word in words)
        twice = [key for key, count in counts.items() if count > 1]
    if twice:
        times = ", ".join(f"{key} {_times(counts[key])}" for key in twice)
        yield f"{option} sets {times}, and the last would count: set it once"
    elif len(values) > 1:
        start = f"{option} is given {_times(len(values))}, and Snakemake would read the last alone"
        once = shlex.join([option, *dict.fromkeys(words)])
        yield f"{start}: write {once}" if several else f"{start}: give one"


def _times(count: int) -> str:
    return TIMES.get(count, f"{count} times")
