"""The arguments that say how intervals are made, for the steps that make them."""

import argparse


def add_intervals(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a bootstrap over replicates."""
    parser.add_argument("--confidence", required=True, type=float, help="coverage of intervals")
    parser.add_argument("--draws", required=True, type=int, help="resamples of a bootstrap")
    parser.add_argument("--seed", required=True, type=int, help="the study's seed")
