"""Why a job would run: Snakemake's reasons, in this project's words."""

import ast
import itertools
import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import Any

from recall_horizon.code import syntax
from recall_horizon.config.differences import differing, leaves, text

FOLLOWS = "follows from these"
OTHER_FILES = "made from other files than before"
OTHER_FORM = "its options were recorded in another form by an earlier version"
# What Snakemake's reasons begin with, and what they are called here.
REASONS = {
    "Missing output files": "not made yet",
    "Incomplete output files": "left unfinished",
    "Set of input files has changed": OTHER_FILES,
    "Code has changed": "the rule itself was edited",
    "Software environment definition has changed": "the conda environment was edited",
    "Forced execution": "asked for",
    "Rules with neither input nor output files": "done at every run",
    "Rules with a run or shell declaration but no output": "done at every run",
}
EDITED, FOLLOWING = "Updated input files", "Input files updated by another job"
PARAMETERS, NO_PARAMETERS = "Params have changed", "<nothing exclusive>"


def why(reason: str, made: Container[str] = ()) -> list[str]:
    """The causes that Snakemake's `reason` for a job states; `made` are the files that jobs make.

    A part of the reason that is not known is returned as Snakemake wrote it.
    """
    if not reason:
        return ["Snakemake states no reason"]
    causes = [cause for part in _parts(reason) for cause in _causes(part, made)]
    if any(cause.startswith("made from") for cause in causes if cause != OTHER_FILES):
        causes = [cause for cause in causes if cause != OTHER_FILES]  # the same, in fewer words
    return list(dict.fromkeys(causes)) or [FOLLOWS]


def _parts(reason: str) -> Iterator[str]:
    """The reasons, which semicolons join; a parameter may itself contain semicolons."""
    words = reason.split("; ")
    while words:
        size = 1
        if words[0].startswith(PARAMETERS):
            sizes = range(1, len(words) + 1)
            whole = (size for size in sizes if _sides("; ".join(words[:size])))
            size = next(whole, len(words))
        yield "; ".join(words[:size])
        del words[:size]


def _causes(part: str, made: Container[str]) -> Iterator[str]:
    files = list(filter(None, part.partition(": ")[2].split(", ")))
    known = [words for start, words in REASONS.items() if part.startswith(start)]
    if known:
        yield from known
    elif part.startswith(EDITED):
        edited = [f"edited: {file}" for file in sorted(files) if file not in made]
        yield from edited or (["left undone by an earlier run"] if files else [])
    elif part.startswith(PARAMETERS) and (sides := _sides(part)):
        yield from list(_changes(*sides)) or [OTHER_FORM]
    elif not part.startswith(FOLLOWING):
        yield part.strip()


def _sides(part: str) -> tuple[list[Any], list[Any]] | None:
    """The parameters before and now; the text between them may also occur in a parameter."""
    values = part.partition("before: ")[2].rstrip()
    for between in re.finditer(" now: ", values):
        try:
            return _values(values[: between.start()]), _values(values[between.end() :])
        except (SyntaxError, ValueError):
            continue
    return None


def _values(text: str) -> list[Any]:
    """Parameters, each as Python writes it."""
    return ast.literal_eval(f"[{text}]") if text != NO_PARAMETERS else []


def _changes(before: list[Any], now: list[Any]) -> Iterator[str]:
    """What differs between the parameters before and now.

    `code` is a dict of digests by module and versions by package, `options` is JSON of a dict, and
    a digest on its own summarises code that is listed as well.
    """
    code, options, plain = (
        (read(before), read(now)) for read in (_code, _options, _neither_of_them)
    )
    yield from _code_changes(*code)
    if bool(options[0]) != bool(options[1]):
        yield OTHER_FORM
        return
    if options[0]:
        yield from _option_changes(options[0][0], options[1][0])
    if plain[0] or plain[1]:
        old, new = (", ".join(map(text, sorted(side, key=str))) or "unset" for side in plain)
        yield f"changed: {old} → {new}"


def _code(values: list[Any]) -> dict[str, str]:
    return {name: part for v in values if isinstance(v, dict) for name, part in v.items()}


def _options(values: list[Any]) -> list[dict[str, Any]]:
    return [options for v in values if (options := _from_json(v)) is not None]


def _neither_of_them(values: list[Any]) -> list[Any]:
    return [
        v for v in values if not (isinstance(v, dict) or _is_digest(v)) and _from_json(v) is None
    ]


def _from_json(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return None


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{12}|[0-9a-f]{16}", value))


def _code_changes(before: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    if now and not before:
        yield "edited code: all of it"
        return
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if _is_digest(old or new):
            yield f"edited code: {_file(name)}"
        else:
            yield f"changed software: {name} {old or 'not used'} → {new or 'not used'}"


def _file(module: str) -> str:
    """The file of `module`, as a reader would look for it."""
    path = syntax.module_file(module)
    depth = module.count(".") + 1 + (path is not None and path.name == "__init__.py")
    return "/".join(path.parts[-depth:]) if path else f"{module} (gone)"


def _option_changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if "jobs" in before and "jobs" in now:
        yield from _job_changes(before.pop("jobs"), now.pop("jobs"))
    sides = (leaves(_with_lengths(side)) for side in (before, now))
    for key, (old, new) in sorted(differing(*sides).items()):
        yield f"changed: {key}, {_change(old, new)}"


def _with_lengths(options: dict[str, Any]) -> dict[str, Any]:
    """`options`, where the task at each of several lengths is the list of these lengths."""
    if "together" not in options:
        return options
    follow = ("together", "length", "shape", "chance")
    lengths = [at["length"] for at in options["together"]]
    rest = {key: value for key, value in options.items() if key not in follow}
    return {**rest, "lengths trained on together": lengths}


# A replicate that a training job trains: its model, its length and its number.
Cell = tuple[str, int, int]


def _job_changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Which training jobs something is made from, before and now: what was added and removed."""
    if "shards" in before:  # as an earlier version wrote them: of all models together
        before = {
            model: {k: before[k] for k in ("lengths", "shards")} for model in before["models"]
        }
    if before == now:
        return
    old, new = set(_cells(before)), set(_cells(now))
    added, removed = "; ".join(_beyond(new, old)), "; ".join(_beyond(old, new))
    if added and removed:
        yield f"made from other jobs than before (added: {added}; removed: {removed})"
    elif added or removed:
        yield f"made from {'more' if added else 'fewer'} jobs than before ({added or removed})"
    else:
        yield "made from the same replicates as before, in other jobs or in another order"


def _cells(jobs: dict[str, Any]) -> Iterator[Cell]:
    """The replicates of {model: {"lengths": …, "shards": ["0-9", …]}}."""
    for model, each in jobs.items():
        for shard in each["shards"]:
            first, last = map(int, shard.split("-"))
            numbers = range(first, last + 1)
            yield from itertools.product([model], each["lengths"], numbers)


def _beyond(one: set[Cell], other: set[Cell]) -> Iterator[str]:
    """What `one` has and `other` has not: first what is new in every model, then of each model."""
    rest = one - other
    for place, kind in enumerate(("models", "lengths", "replicates")):
        new = {cell[place] for cell in one} - {cell[place] for cell in other}
        if new:
            yield _span(kind, new)
            rest = {cell for cell in rest if cell[place] not in new}
    trained = {(model, length) for model, length, _ in other}
    for model in sorted({model for model, _, _ in rest}):
        own = [cell for cell in rest if cell[0] == model]
        lengths = {length for _, length, _ in own if (model, length) not in trained}
        numbers = {number for _, length, number in own if length not in lengths}
        if lengths:
            yield f"{_span('lengths', lengths)} of {model}"
        if numbers:
            yield f"{_span('replicates', numbers)} of {model}"


def _span(kind: str, values: Iterable[Any]) -> str:
    """`values` for reading: T = 50, 100; models gru, rnn; replicates 10–19."""
    values = sorted(values)
    if kind == "lengths":
        return f"T = {', '.join(map(str, values))}"
    names = [str(value) for value in values]
    if kind == "replicates":
        starts = [r for r in values if r - 1 not in values]
        ends = [r for r in values if r + 1 not in values]
        pairs = zip(starts, ends, strict=True)
        names = [f"{start}–{end}" if start < end else f"{start}" for start, end in pairs]
    return f"{kind if len(values) > 1 else kind.removesuffix('s')} {', '.join(names)}"


def _change(old: Any, new: Any) -> str:
    """Both values, or what was added to a list and removed from it; `...` means no value."""
    if isinstance(old, list) and isinstance(new, list):
        sides = {
            "added": [value for value in new if value not in old],
            "removed": [value for value in old if value not in new],
        }
        phrases = [f"{word} {', '.join(map(text, side))}" for word, side in sides.items() if side]
        if phrases:
            return ", ".join(phrases)
    return f"{text(old)} → {text(new)}"
