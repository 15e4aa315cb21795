"""The documents are right: generated parts are current, links lead somewhere, commands run."""

import itertools
import json
import os
import re
import shlex
import shutil
import sys
import textwrap
from pathlib import Path

import pydantic
import pytest
import yaml
from snakemake.utils import update_config

from recall_horizon.cli import pictures
from recall_horizon.cli.quote import main as quote
from recall_horizon.cli.rules import with_rules
from recall_horizon.cli.schema import with_keys
from recall_horizon.code import catalogue
from recall_horizon.config.load import load
from recall_horizon.config.schema import schema

from ..conftest import output

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md"))
    if not path.parent.name.startswith(".") and path.parent.name != "node_modules"
]
README = (ROOT / "README.md").read_text()
PLAN = (ROOT / "docs/lesson-plan.md").read_text()
COMMAND = re.compile(r"(\w+=\S+ )?(make|snakemake|python) ")
# Not run here: the two commands themselves, conda, placeholders of a user's files, and others.
BY_CI = {
    *("make run", "make test", "make anchors", "make setup-huggingface"),
    "make run 'ARGS=--configfile config/my.yaml'",
    "snakemake --workflow-profile profiles/slurm",
    "snakemake --cores all --configfile config/gpu.yaml",
    "make compare 'STUDIES=results/default results/tuned'",  # its step in tests/workflow
    "python -m recall_horizon watch results/default --json",  # of the smoke study in `make watch`
    "make archive STUDY=default",  # its step in tests/workflow
    *("make site", "make wheel", "make test-package"),  # they install what they build or test
    "make bench",  # .ci/run calls it with --quick
    "make try MODEL=my_module:MyModel",  # its step in tests/workflow/test_try.py
    "make clean",  # deletes files outside git, and a clone has none
    "snakemake --cores all --configfile config/mine.yaml",  # tested below, with its files
    "snakemake --cores all verify",  # in tests/workflow: the smoke study is another experiment
    "snakemake --report report.zip",  # there, too, and what it holds
    *("make reference", "make reference STUDY=tuned"),  # its step there, too: no such study here
    "python -m recall_horizon plan",  # as `make plan` calls it, below
    "python -m recall_horizon plan --config 'lengths=[5,10,20,50,100,200]'",  # in tests/workflow
}
# What `make test ARGS=…` was given is not for the make that a test calls.
OUTSIDE = {
    name: value
    for name, value in os.environ.items()
    if name not in ("MAKEFLAGS", "MAKEOVERRIDES", "ARGS")
}
# The page on clusters is tested on one: elsewhere its commands do not exist.
READ = [
    README,
    *(p.read_text() for p in PAGES if p.parent == ROOT / "docs" and p.stem != "cluster"),
]


def commands() -> list[str]:
    """Every command of the README and of docs/: indented lines and code in running text."""
    found = set()
    for page in READ:
        page = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
        lines = [
            line.partition("  #")[0].strip() for line in page.splitlines() if line[:4] == "    "
        ]
        lines += [code.strip() for code in re.findall(r"`([^`]+)`", re.sub(r"\n(?! )", " ", page))]
        found |= {line for line in lines if COMMAND.match(line)}
    return sorted({shlex.join(shlex.split(line)) for line in found})


LESSONS = {command for command in commands() if command.startswith("make lesson")}


def test_every_task_is_described_and_its_numbers_are_those_of_its_code():
    text = (ROOT / "docs/tasks.md").read_text()
    described = re.findall(r"^\| `(\w+)` \| .* \| .* \| .* \| .* \| .* \|$", text, re.MULTILINE)
    assert sorted(described) == catalogue.names("task")
    levels = [catalogue.task("multi_query_recall", n, {}).levels for n in (2, 4, 8, 16)]
    *most, last = (f"{score:.2f}" for level in levels for score in level.values())
    assert f"{', '.join(most)} and {last} with 2, 4, 8 and 16 pairs and 32 values" in text


def test_every_architecture_is_listed_with_its_options():
    page = (ROOT / "config/README.md").read_text()
    listed = page.split("## The architectures\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*)\|$", re.sub(r"\(.*?\)", "", listed), re.MULTILINE)
    names = re.compile(r"`(\w+)`")
    found = {name: names.findall(options) for row, options in rows for name in names.findall(row)}
    assert sorted(found) == catalogue.names("architecture")
    for name, options in found.items():
        taken = catalogue.options("architecture", name, pydantic.BaseModel).model_fields
        assert sorted([*options, catalogue.width(name)]) == sorted(taken), name


EXAMPLES = [
    textwrap.dedent(block)
    for path in (ROOT / "README.md", ROOT / "config/README.md", *sorted(ROOT.glob("docs/*.md")))
    for block in re.findall(r"^    study: .*\n(?:    .*\n)*", path.read_text(), re.MULTILINE)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split()[1])
def test_every_example_of_a_study_is_one(example):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    update_config(config, yaml.safe_load(example))
    assert load(config).models


def test_the_schema_is_generated_from_the_types():
    assert (ROOT / "workflow/schemas/config.schema.json").read_text() == schema(), "run make docs"


def test_the_documentation_of_keys_is_generated_from_the_types():
    page = (ROOT / "config/README.md").read_text()
    assert page == with_keys(page), "run make docs"


def test_the_picture_of_the_rules_is_that_of_the_workflow(project):
    words = ["--rulegraph", "mermaid-js", "--configfile", "config/tuned.yaml"]
    status, printed = project.forked(words)
    assert status == 0
    page = (ROOT / "docs/caching.md").read_text()
    assert with_rules(page, printed) == page, "run make docs"


def test_documents_are_what_the_kept_tables_say(tmp_path):
    (tmp_path / "README.md").write_text(README)
    names = ["findings.md", "lesson-plan.md"]
    quote(
        [ROOT / f"report/{name}.j2" for name in names],
        reference=ROOT / "report/reference",
        documents=tmp_path,
        readme=tmp_path / "README.md",
    )
    assert (tmp_path / "README.md").read_text() == README, "run make docs"
    for name in names:
        assert (tmp_path / name).read_text() == (ROOT / "docs" / name).read_text(), "run make docs"


def test_pictures_are_of_what_they_show():
    recorded = json.loads((ROOT / "docs/pictures.json").read_text())
    documents = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    shown = {path.name for path in pictures.shown(documents)}
    assert shown == recorded.keys() == {path.name for path in ROOT.glob("docs/*.png")}
    for name, made_from in recorded.items():
        now = pictures.digest(Path(name).stem, ROOT / "report/reference", ROOT / "report")
        assert made_from == now, f"docs/{name} is older than what it shows: make pictures"


def test_the_lesson_plan_takes_an_hour():
    minutes = [int(found) for found in re.findall(r"^\| (\d+) \| \[", PLAN, re.MULTILINE)]
    assert [f"*{each} minutes.*" for each in minutes] == re.findall(r"\*\d+ minutes\.\*", PLAN)
    assert sum(minutes) == 60


def test_the_lesson_plans_python_runs(finished, tmp_path, monkeypatch):
    """On the smoke study, at its lengths."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", PLAN, re.DOTALL))
    smoke = str(finished.root / "results/smoke")
    for ours, theirs in (("results/lesson", smoke), ("length=5", "length=3"), ("=10", "=6")):
        assert ours in code
        code = code.replace(ours, theirs)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert (tmp_path / "transfer.png").exists()


@pytest.mark.parametrize("command", sorted(LESSONS))
def test_every_command_on_the_lesson_is_one_that_runs(project, command):
    """A dry run of each: the gate runs two, and one takes minutes."""
    _, _, *words = shlex.split(command)
    arguments = shlex.split(words[0].removeprefix("ARGS=")) if words else []
    assert project.would_run(*arguments, study="lesson")["train"]


def test_editors_find_the_schema():
    first, *_ = (ROOT / "config/config.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=../workflow/schemas/config.schema.json"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
        headings = (page.parent / target if target else page).read_text().splitlines()
        slugs = {
            re.sub(r"[^\w -]", "", h.lstrip("# ").lower()).replace(" ", "-")
            for h in headings
            if h[:1] == "#"
        }
        assert anchor in slugs, f"{target}#{anchor}"


def test_every_make_target_named_in_the_documents_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    call = re.compile(r"""(?:`|^ *)make(?: '?[A-Z]+=\S+)* ([a-z-]+)""", re.MULTILINE)
    named = {target for page in PAGES for target in call.findall(page.read_text())}
    assert {"run", "test", "lesson"} <= named  # calls are found at all
    assert named <= targets, named - targets


def test_the_readme_has_commands():
    assert set(commands()) > BY_CI


def test_make_plan_is_the_command_plan():
    line = ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.ready", "plan"]
    said = output(*line, cwd=ROOT, env=OUTSIDE)
    assert said.strip().endswith("&& python -m recall_horizon plan")


@pytest.mark.parametrize("command", sorted(set(commands()) - BY_CI - LESSONS))
def test_every_command_of_the_readme_runs(command, ran):
    """On the smoke study, in a copy; `make` takes this interpreter's environment for .venv."""
    (ran.root / ".venv").symlink_to(sys.prefix)
    for name in ("Makefile", "README.md", "requirements.txt", "pyproject.toml"):
        (ran.root / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "report/reference", ran.root / "report/reference", dirs_exist_ok=True)
    (ran.root / "docs").mkdir()
    shutil.copy(ROOT / "docs/caching.md", ran.root / "docs")
    before = ran.files("results/smoke/[ft]*/*")  # figures and tables
    (ran.root / ".cache/recall-horizon").mkdir(parents=True)
    words = shlex.split(command)
    settings = list(itertools.takewhile(re.compile(r"\w+=").match, words))
    variables = dict(setting.replace("~", str(ran.root)).split("=", 1) for setting in settings)
    program, *words = words[len(settings) :]
    smoke = [] if "--configfile" in command else ["--configfile", "config/smoke.yaml"]
    if program == "make":
        more = [f"ARGS={' '.join(smoke)}"] if smoke and words[0] != "watch" else []
        line = ["make", "--assume-old=.venv/.ready", *words, *more]
    elif program == "python":
        line = [program, *words]
    else:
        line = [program, *smoke, *("2" if word == "all" else word for word in words)]
    if words[-2:] == ["--forcerun", "tables"]:  # figures are forced by another command
        line += ["--", "results/smoke/tables/controls.csv"]
    if program == "snakemake":
        status, said = ran.forked(line[1:], **variables)
        assert status == 0, said
    else:
        package = {"PYTHONPATH": str(ran.root / "workflow")}
        output(*line, cwd=ran.root, env={**OUTSIDE, **variables, **package})
    assert ran.files("results/smoke/[ft]*/*") == before


def test_the_examples_for_extending_work_unchanged(project):
    """Its files are written to the paths in their first lines, then the study with them is run."""
    page = (ROOT / "docs/extending.md").read_text()
    blocks = re.findall(r"```\w+\n# (\S+?)(?:, continued)?\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 5
    for path, text in blocks:
        with (project.root / path).open("a") as file:
            file.write(text)
    project.snakemake("--", "results/mine/report.html", study="mine")
    page = (project.root / "results/mine/report.html").read_text()
    assert "Mean of all" in page
    assert "Who solves it" in page
    assert "task is kth element" in page
    assert "is asked for the k-th of them" in page
