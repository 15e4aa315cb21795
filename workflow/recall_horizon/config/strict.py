"""Configurations as people read them: refused where YAML would read something else.

Snakemake uses PyYAML. Of two equal keys it keeps the second, it takes ` #1` for a comment, and it
reads `010`, `1:30` and `on` as YAML 1.1 does: as 8, 90 and true. YAML 1.2, which editors follow,
reads them differently, and so does the reader of a study.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from recall_horizon.errors import ConfigError

TAG = "tag:yaml.org,2002:"
# What a word that is not in quotes may be to YAML, other than text.
KINDS = {"bool": "a boolean", "int": "a number", "float": "a number", "null": "null"}
KINDS["timestamp"] = "a date"
YES_OR_NO = re.compile(r"yes|no|on|off", re.IGNORECASE)
LEADING_ZERO = re.compile(r"([-+]?)0[0-9_]+")
# What follows a text in its line and is dropped. If no space is behind the `#`, it is more likely a
# part of the text, such as a colour or a number.
ANY_COMMENT = re.compile(r"[ \t]+(#.*)")
UNLIKELY_COMMENT = re.compile(r"[ \t]+(#(?![ \t]).*)")


class Finding(NamedTuple):
    """What YAML reads differently: its line, and what to write instead."""

    line: int
    advice: str


def check_file(path: Path) -> None:
    """Refuse the configuration file `path`, YAML or JSON, if it means something else than it shows.

    Raises:
        ConfigError: for each such place the line, what it means to YAML, and what to write instead.
    """
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    try:
        text = path.read_text(encoding="utf-8")
        if _reads(json.loads, text):  # in which only keys are not what they show
            found = list(_equal_keys(_Document(text.replace("\t", " "))))
        else:
            document = _Document(text)
            found = [*_dropped(document, UNLIKELY_COMMENT), *_types(document)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{here}{where}: this is not YAML: {error.problem}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{here} cannot be read: {error}") from None
    if found:
        lines = [f"  {here}, line {line}: {advice}" for line, advice in sorted(found)]
        start = "the configuration means something else to YAML than it shows"
        raise ConfigError("\n".join([start, *lines]))


def check_argument(argument: str) -> None:
    """Refuse `argument`, a `key=value` of --config, if Snakemake would drop a part of the value.

    It reads the value as YAML in which every word is text.

    Raises:
        ConfigError: for each such part, what it means to YAML, and what to write instead.
    """
    key, _, value = argument.partition("=")
    try:
        found = sorted(_dropped(_Document(value), ANY_COMMENT))
    except yaml.YAMLError:
        return  # all of it is text
    if found:
        raise ConfigError("\n".join(f"--config {key}: {advice}" for _, advice in found))


def _reads(reader: Callable[[str], Any], text: str) -> bool:
    """Whether `reader` can read `text`."""
    try:
        reader(text)
    except ValueError:
        return False
    return True


class _Document(yaml.SafeLoader):
    """A document's nodes, with what nodes do not know of it: its text, tags and anchors."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        self.tags: list[tuple[int, str]] = []
        self.unused: dict[str, int] = {}  # anchors that no alias has referred to
        root = self.get_single_node()
        self.nodes = list(_with_those_below(root, set())) if root else []

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        """The next node, whose tag and anchor are noted."""
        event: Any = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            self.unused.pop(event.anchor, None)
        elif event.anchor is not None:
            self.unused[event.anchor] = self.line_of(event.start_mark)
        if getattr(event, "tag", None) is not None:
            self.tags.append((self.line_of(event.start_mark), event.tag.replace(TAG, "!!")))
        return super().compose_node(parent, index)

    def sections(self) -> Iterator[list[yaml.Node]]:
        """The keys of each section."""
        for node in self.nodes:
            if isinstance(node, yaml.MappingNode):
                yield [key for key, _ in node.value]

    def words(self) -> Iterator[tuple[yaml.ScalarNode, str | None]]:
        """What is not in quotes, also values that are left out; and what it is if it is no text."""
        for node in self.nodes:
            if isinstance(node, yaml.ScalarNode) and not node.style:
                yield node, KINDS.get(node.tag.removeprefix(TAG))

    def line_of(self, mark: yaml.Mark) -> int:
        """The line of `mark`, from 1, as editors count."""
        return self.text.count("\n", 0, mark.index) + 1

    def behind(self, node: yaml.Node) -> str:
        """The rest of the line in which `node` ends."""
        return self.text[node.end_mark.index :].partition("\n")[0]


def _with_those_below(node: yaml.Node, known: set[int]) -> Iterator[yaml.Node]:
    """`node` and what it contains, each once: an alias may be inside of what it refers to."""
    if id(node) in known:
        return
    known.add(id(node))
    yield node
    for inner in node.value if isinstance(node, yaml.CollectionNode) else ():
        for part in inner if isinstance(inner, tuple) else (inner,):
            yield from _with_those_below(part, known)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _equal_keys(document: _Document) -> Iterator[Finding]:
    for keys in document.sections():
        first: dict[str, int] = {}
        for key in keys:
            name, line = str(key.value), document.line_of(key.start_mark)
            if name in first:
                before = f"after line {first[name]}, of which nothing would count"
                advice = f"{name} is here a second time, {before}: write it once, in full"
                yield Finding(line, advice)
            first.setdefault(name, line)


def _dropped(document: _Document, comment: re.Pattern[str]) -> Iterator[Finding]:
    """What looks like a part of the configuration and does not become one."""
    yield from _equal_keys(document)
    for line, tag in document.tags:
        yield Finding(line, f"{tag} is a type to YAML: leave it out, and write text in quotes")
    for name, line in document.unused.items():
        advice = f"&{name} only names what follows: leave it out, or write text in quotes"
        yield Finding(line, advice)
    for word, kind in document.words():
        found = comment.match(document.behind(word))
        if found and not (word.value and (kind or _reads(float, word.value))):
            text = re.split(r"[ \t]#[ \t]", found[1])[0].rstrip()
            whole = _quoted(f"{word.value} {text}".lstrip())
            advice = f"{text} is a comment to YAML: write {whole}"
            if comment is UNLIKELY_COMMENT:
                advice += ", or # and a space before a comment"
            yield Finding(document.line_of(word.end_mark), advice)


def _types(document: _Document) -> Iterator[Finding]:
    """Words that are to YAML what they are not to a reader, and keys that are no text."""
    keys = {id(key) for keys in document.sections() for key in keys}
    for node in document.nodes:
        if id(node) in keys and not isinstance(node, yaml.ScalarNode):
            line = document.line_of(node.start_mark)
            yield Finding(line, "a list or a section is a key here: write a name")
    for word, kind in document.words():
        line, text = document.line_of(word.start_mark), word.value
        quoted = _quoted(text)
        if id(word) in keys:
            if kind:
                yield Finding(line, f"the key {text} is {kind} to YAML: write {quoted}")
        elif LEADING_ZERO.fullmatch(text):
            value = document.construct_object(word)
            what = f"{value}, read in base 8," if kind else "text"
            write = int(text.replace("_", ""))
            yield Finding(line, f"{text} is {what} to YAML: write {write}, or {quoted} for text")
        elif kind == "a number" and ":" in text:
            value = document.construct_object(word)
            what = f"{value}, read in base 60,"
            yield Finding(line, f"{text} is {what} to YAML: write {value}, or {quoted} for text")
        elif kind == "a boolean" and YES_OR_NO.fullmatch(text):
            value = str(document.construct_object(word)).lower()
            yield Finding(line, f"{text} is {value} to YAML: write {value}, or {quoted} for text")
        elif kind == "a date":
            yield Finding(line, f"{text} is a date to YAML: write {quoted}")
