"""The version of the project, apart from all other code: a new one alone trains nothing again."""

__version__ = "1.2.0"
