"""Figures: one file each, found by its name, drawn from tables alone.

A figure's module assigns literals and defines one function:

    TABLES = ("summary",)   the tables it is drawn from, by the names of their files
    ORDER                   its place on the page among the other figures
    TITLE, CAPTION, ALT     what the page says above, below and instead of it
    draw(tables, look)      a matplotlib figure from {name: DataFrame} and a `style.Look`
"""
