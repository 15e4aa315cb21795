"""Figures: one file each, found by its name, drawn from tables alone.

A figure's module assigns literals and defines one function:

    TABLES = ("summary",)   the tables it is drawn from, by the names of their files
    ORDER                   its place on the page among the other figures
    TITLE, CAPTION, ALT     the page's text above, below and instead of it
    draw(tables, look)      a matplotlib figure from {name: DataFrame} and a `config.look.Look`, by
                            `style.subplots` or `style.panels`; call it by `style.drawn`
    chart(tables, look)     optional: an `interactive.Chart` of the same, which replaces the
                            picture on the page if the browser runs scripts
"""
