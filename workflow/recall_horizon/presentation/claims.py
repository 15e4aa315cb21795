"""The verdicts on what others have published, for a terminal."""

import textwrap
from collections.abc import Iterator, Mapping

from recall_horizon.presentation.grid import TERMINAL
from recall_horizon.presentation.sentences import Report


def lines(studies: Mapping[str, Report]) -> Iterator[str]:
    """The verdicts of several studies, by their names: a line each, and below it its numbers."""
    tables = {study: report.section("claims").table[1:] for study, report in studies.items()}
    verdicts = [row[-1] for rows in tables.values() for row in rows]
    widths = [max(map(len, texts), default=0) for texts in (verdicts, tables)]
    indent = " " * (sum(widths) + 4)
    for study, rows in tables.items():
        for source, says, tested, measured, verdict in rows:
            yield f"{verdict:{widths[0]}}  {study:{widths[1]}}  {source}"
            for text in (says, tested, measured):
                yield from textwrap.wrap(
                    text, TERMINAL, initial_indent=indent, subsequent_indent=indent
                )
