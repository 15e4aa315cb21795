"""The datasets of test_loop.py, for all tests of this folder."""

from .test_loop import splits  # noqa: F401
