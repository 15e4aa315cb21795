"""What the documents say is so: generated parts are current, links lead somewhere, commands run."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from recall_horizon.cli.schema import with_keys
from recall_horizon.config.reference import schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md"))
    if not set(path.relative_to(ROOT).parts) & {".venv", "node_modules"}
]
README = (ROOT / "README.md").read_text()
# Run elsewhere or not here: the two commands themselves, conda, and placeholders of a user's files.
BY_CI = {
    *("make run", "make test", "make lesson"),
    "make run ARGS=--configfile config/my.yaml",
    "snakemake --workflow-profile profiles/slurm",
    "make run ARGS=--configfile config/interventions.yaml",
}


def commands() -> list[str]:
    """Every command of the README: indented lines and code in running text."""
    blocks = [line.strip() for line in README.splitlines() if line.startswith("    ")]
    text = re.sub(r"\n(?! )", " ", README)
    lines = [line.partition("  #")[0].strip() for line in blocks]
    lines += [code.strip() for code in re.findall(r"`([^`]+)`", text)]
    words = [
        " ".join(shlex.split(line)) for line in lines if re.match(r"(make|snakemake|python) ", line)
    ]
    return sorted(set(words))


def test_the_schema_is_generated_from_the_types():
    assert (ROOT / "config/schema.json").read_text() == schema(), "run make docs"


def test_the_documentation_of_keys_is_generated_from_the_types():
    page = (ROOT / "config/README.md").read_text()
    assert page == with_keys(page), "run make docs"


def test_editors_find_the_schema():
    assert (
        (ROOT / "config/config.yaml")
        .read_text()
        .startswith("# yaml-language-server: $schema=schema.json\n")
    )
    assert json.loads((ROOT / "config/schema.json").read_text())["additionalProperties"] is False


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


def test_every_make_target_named_in_the_documents_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {t for page in PAGES for t in re.findall(r"make ([a-z]+)\b(?=[`\s])", page.read_text())}
    code = set(re.findall(r"[`\n]\s*make ([a-z-]+)", "".join(page.read_text() for page in PAGES)))
    assert code <= targets, code - targets
    assert named


def test_the_readme_has_commands():
    assert set(commands()) > BY_CI
    assert len(commands()) > 8


@pytest.mark.parametrize("command", sorted(set(commands()) - BY_CI))
def test_every_command_of_the_readme_runs(command, ran):
    """On the smoke study, in a copy; `make` takes this interpreter's environment for .venv."""
    (ran.root / ".venv").symlink_to(sys.prefix)
    for name in ("Makefile", "benchmarks", "requirements.txt", "pyproject.toml"):
        (ran.root / name).symlink_to(ROOT / name)
    program, *words = shlex.split(command)
    if program == "make":
        quick = {"bench": "ARGS=--quick"}.get(words[0], "ARGS=--configfile config/smoke.yaml")
        line = ["make", "--assume-old=.venv/.ready", *words, quick]
    elif program == "python":
        line = [program, *words, "--from", "results/smoke"]
    else:
        line = [program, "--cores", "2", "--configfile", "config/smoke.yaml", *words]
    done = subprocess.run(
        line, cwd=ran.root, env=os.environ, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
