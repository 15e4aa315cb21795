"""The graph of the workflow's rules, as a picture that a page in Markdown can hold."""

import re

# What Snakemake calls a rule, and an arrow, in its own picture.
RULE = re.compile(r"^\s*(id\d+)\[(\w+)\]$", re.MULTILINE)
ARROW = re.compile(r"^\s*(id\d+) --> (id\d+)$", re.MULTILINE)


def arrows(text: str) -> set[tuple[str, str]]:
    """The arrows in what `snakemake --rulegraph mermaid-js` prints: (from, to), names of rules."""
    names = dict(RULE.findall(text))
    found = {(names[start], names[end]) for start, end in ARROW.findall(text)}
    return {arrow for arrow in found if "all" not in arrow}


def reduced(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """`found` without the arrows whose ends a longer way connects as well (Aho et al., 1972)."""
    longer, new = set(), found
    while new := {(a, d) for a, b in new for c, d in found if b == c} - longer:
        longer |= new
    return found - longer


def picture(found: set[tuple[str, str]]) -> str:
    """The arrows as a Mermaid flowchart, in Markdown."""
    lines = [f"    {start} --> {end}" for start, end in sorted(found)]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"]) + "\n"
