"""Tasks: one file each, with one function of the file's name.

A task is a pure function of an explicit generator:

    task(rng, number, length, **options) -> (x, y)

where x has shape (number, length, 1), y has shape (number, 1), and both are float32.
"""
