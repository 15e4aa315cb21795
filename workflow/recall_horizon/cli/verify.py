"""Say whether a study reproduced the reference; fail where it did not."""

import argparse
from pathlib import Path

from recall_horizon import tables
from recall_horizon.errors import RecallHorizonError
from recall_horizon.verification import summary


def main(arguments: list[str]) -> None:
    """Print the verdicts of --table; fail if one is `different`."""
    parser = argparse.ArgumentParser(prog="recall_horizon verify", description=__doc__)
    parser.add_argument("--table", required=True, type=Path, help="the verification table")
    table = tables.read(parser.parse_args(arguments).table)
    for row in table.itertuples():
        detail = (
            ""
            if row.verdict == "not in the reference"
            else f"median R² {row.test_r2_median:.3f} against {row.reference_median:.3f}"
        )
        if row.verdict in ("consistent", "different"):
            detail += f", p = {row.adjusted_p:.2g} (corrected)"
        print(f"{row.model:24} T = {row.length:<5} {row.verdict:22} {detail}".rstrip())
    print(summary(table))
    if (table["verdict"] == "different").any():
        raise RecallHorizonError(
            "this study does not reproduce the reference (report/reference/). If the study was "
            "meant to be another one, that is no fault; else look for what differs: "
            "report/reference/provenance.json says what made it."
        )
