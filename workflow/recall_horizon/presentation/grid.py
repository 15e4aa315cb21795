"""A table of texts, as a terminal and Markdown show it. Its first row is its head."""

from collections.abc import Iterator, Sequence

Grid = Sequence[Sequence[str]]
TERMINAL = 80  # columns
LEAST = 12  # columns of a cell


def markdown(grid: Grid) -> str:
    """`grid` in Markdown."""
    head, *rows = ([cell.replace("|", r"\|") for cell in row] for row in grid)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def columns(grid: Grid) -> Iterator[str]:
    """`grid` for a terminal, indented by two columns; cells that are too long for it are cut."""
    widths = [max(map(len, cells)) for cells in zip(*grid, strict=True)]
    while sum(widths) + 2 * len(widths) > TERMINAL and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    for row in grid:
        cells = (_cut(cell, width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _cut(text: str, width: int) -> str:
    return (text if len(text) <= width else f"{text[: width - 1]}…").ljust(width)
