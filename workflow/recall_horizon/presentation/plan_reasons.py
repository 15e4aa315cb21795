"""Why a job would run: Snakemake's own reasons, without their lists of files and of values."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from recall_horizon.config.differences import differing, leaves, text

# What semicolons separate, but for those in the texts of parameters.
PARTS = re.compile(r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^;])+""")
DIGEST = re.compile(r"[0-9a-f]{12}")  # of a module
SHOWN = 6  # names in a line, and lines


class Cause(NamedTuple):
    """What Snakemake says up to the first colon and, where parameters changed, what differs."""

    phrase: str
    differences: tuple[str, ...] = ()


@cache
def causes(reason: str) -> dict[Cause, list[str]]:
    """The causes that Snakemake's `reason` for a job joins, each with the files that it names."""
    found = {}
    for part in PARTS.findall(reason):
        phrase, colon, rest = part.strip().partition(":")
        if sides := _sides(rest):
            found[Cause(phrase, tuple(_differences(*sides)))] = []
        elif rest.strip() or not colon:
            found[Cause(phrase)] = rest.strip().split(", ") if colon else []
    return found or {Cause("Snakemake states no reason"): []}


def several(names: Sequence[str], shown: int = SHOWN) -> str:
    """The first of `names`, and how many more there are."""
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _sides(parameters: str) -> list[list[Any]]:
    """The parameters before and now, or []; the word between may also occur in a parameter."""
    values = parameters.partition("before: ")[2].rstrip().replace("<nothing exclusive>", "")
    for between in re.finditer(" now: ", values):
        with suppress(SyntaxError, ValueError):
            sides = values[: between.start()], values[between.end() :]
            return [ast.literal_eval(f"[{side}]") for side in sides]
    return []


def _differences(*sides: list[Any]) -> Iterator[str]:
    """What differs between parameters, line by line; what has changed alike is in one line."""
    alike = defaultdict(list)
    for key, (old, new) in sorted(differing(*map(_settings, sides)).items()):
        alike[_change(old, new)].append(key)
    lines = [f"{several(keys)}: {change}" for change, keys in alike.items()]
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN} more"


def _settings(values: list[Any]) -> dict[str, Any]:
    """Parameters by their keys: options in JSON, the code's digests and versions, others."""
    found: dict[str, Any] = {}
    for value in values:
        with suppress(TypeError, ValueError):
            value = json.loads(value)
        if isinstance(value, Mapping):
            each = dict(value)
            if together := each.pop("together", None):  # the task at each of several lengths
                each["lengths trained on together"] = [at["length"] for at in together]
            found |= leaves(each)
        else:
            found["another parameter"] = value
    return found


def _change(old: Any, new: Any) -> str:
    """Both values; of lists, what was added and removed; of code, that it was edited."""
    if DIGEST.fullmatch(str(old)) or DIGEST.fullmatch(str(new)):
        return "new" if old is ... else "gone" if new is ... else "edited"
    if isinstance(old, list) and isinstance(new, list):
        sides = {"added": (new, old), "removed": (old, new)}
        beyond = {word: [text(v) for v in a if v not in b] for word, (a, b) in sides.items()}
        if any(beyond.values()):
            return "; ".join(f"{word} {several(each)}" for word, each in beyond.items() if each)
    return f"{text(old)} → {text(new)}"
