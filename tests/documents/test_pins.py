"""Ranges are in pyproject.toml; one version of each, the same in all lists of pins, lies inside."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from recall_horizon.code import catalogue, identity

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {
    "torch": "pytorch",
    "matplotlib": "matplotlib-base",
    "snakemake": "snakemake-minimal",
    "typst": "typst-py",
}


# What conda-forge has not: packages that pip installs, and a version's last part.
BY_PIP = {"snakemake-logger-plugin-rich"}
CONDA_VERSIONS = {"vl-convert-python": "1.9.0"}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LISTS = {
    "requirements.txt": [*PROJECT["dependencies"], *EXTRAS["slurm"], *EXTRAS["dev"]],
    "requirements-huggingface.txt": EXTRAS["huggingface"],
    "requirements-notebook.txt": EXTRAS["notebook"],
}
EVERYTHING = [line for lines in LISTS.values() for line in lines]


def ranges(lines: list[str]) -> dict[str, SpecifierSet]:
    """The direct dependencies in `lines` of pyproject.toml, each with its range."""
    return {r.name: r.specifier for r in map(Requirement, lines)}


def direct() -> dict[str, str]:
    """The direct dependencies that `make setup` installs, as they are pinned."""
    return {name: pinned()[name] for name in ranges(LISTS["requirements.txt"])}


def pinned(file: str = "requirements.txt") -> dict[str, str]:
    lines = (ROOT / file).read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins.items()}


def test_torch_is_2_13_0_regardless_of_the_build():
    assert pinned()["torch"] == "2.13.0"


@pytest.mark.parametrize("file", LISTS)
def test_what_is_pinned_lies_inside_the_range(file):
    pins = pinned(file)
    outside = {
        name: (pins.get(name), str(allowed))
        for name, allowed in ranges(LISTS[file]).items()
        if name not in pins or pins[name] not in allowed
    }
    assert not outside


def test_every_extra_is_pinned():
    assert set(EXTRAS) == {"slurm", "dev", "huggingface", "notebook"}
    assert set(LISTS) == {path.name for path in ROOT.glob("requirements*.txt")}


@pytest.mark.parametrize("line", EVERYTHING)
def test_a_range_begins_with_a_version_that_is_tested(line):
    """`make test-lowest` reads it, and no exact version keeps other packages out."""
    assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+(,<\d+)?", line)


def test_the_workflow_asks_for_the_lowest_snakemake_of_the_range():
    text = (ROOT / "workflow/Snakefile").read_text()
    (lowest,) = re.findall(r'^min_version\("(.+)"\)$', text, re.MULTILINE)
    assert f"snakemake>={lowest},<10" in PROJECT["dependencies"]


def test_the_package_imports_nothing_that_only_an_extra_brings():
    """So that it works without SLURM's plugin; of the extra `huggingface`, models import on use."""
    by_extras = {Requirement(line).name.replace("-", "_") for ls in EXTRAS.values() for line in ls}
    by_extras |= {"snakemake_executor_plugin_slurm_jobstep"}
    files = [path for kind in ("py", "smk") for path in (ROOT / "workflow").rglob(f"*.{kind}")]
    assert len(files) > 100
    for path in files:
        imported = re.findall(r"^(?:import|from) (\w+)", path.read_text(), re.MULTILINE)
        assert not by_extras & set(imported), path


def test_requirements_pin_everything_that_the_direct_dependencies_require():
    missing, seen, waiting = set(), set(), list(direct())
    environment = dict(default_environment())
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        if name not in pinned():
            missing.add(name)
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or marker.evaluate({**environment, "extra": ""}):
                waiting.append(requirement.name)
    # The dependencies of a CUDA build of torch are pinned by torch itself.
    assert not {name for name in missing if not name.startswith(("nvidia-", "cuda-", "triton"))}


@pytest.mark.parametrize("file", sorted(set(LISTS) - {"requirements.txt"}))
def test_a_list_of_an_extra_pins_nothing_twice(file):
    assert not pinned(file).keys() & pinned().keys()


def test_what_is_installed_is_what_is_pinned():
    differing = {
        name: (version, metadata.version(name))
        for name, version in direct().items()
        if metadata.version(name).partition("+")[0] != version
    }
    assert not differing


def test_conda_gets_the_same_versions():
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    *lines, pip, by_pip = [line for line in lines if str(line)[:7] != "python "]
    assert pip == "pip"
    assert dict(line.split("==") for line in by_pip["pip"]) == {n: direct()[n] for n in BY_PIP}
    conda = dict(re.split(r"\s*=", line, maxsplit=1) for line in lines)
    assert conda == for_conda({n: v for n, v in direct().items() if n not in BY_PIP})


def for_conda(packages: dict[str, str]) -> dict[str, str]:
    """Names and versions as conda-forge has them; of a version the beginning is enough there."""
    assert all(
        packages.get(name, known).startswith(known) for name, known in CONDA_VERSIONS.items()
    )
    return {
        CONDA_NAMES.get(name, name): CONDA_VERSIONS.get(name, version)
        for name, version in packages.items()
    }


STEPS = {
    "training": ("dataset", "train", "probe"),
    "analysis": ("describe", "select", "tables", "controls", "verify"),
}
STEPS["analysis"] += ("library", "figures", "playground", "report")


@pytest.mark.parametrize("name", STEPS)
def test_a_rules_environment_holds_what_its_steps_import_and_no_more(name):
    """No development tools: under --sdm conda their upgrade would retrain."""
    figures = [f"recall_horizon.presentation.figures.{figure}" for figure in catalogue.figures()]
    modules = [f"recall_horizon.cli.{step}" for step in STEPS[name]]
    modules += figures if name == "analysis" else []
    architectures = [catalogue.locate("architecture", n) for n in catalogue.names("architecture")]
    modules += [reference.partition(":")[0] for reference in architectures]
    distributions = metadata.packages_distributions()
    packages = identity.installed(tuple(modules))
    imported = {canonicalize_name(distributions[package][0]) for package in packages}
    file = yaml.safe_load((ROOT / f"workflow/envs/{name}.yaml").read_text())
    conda = dict(re.split(r"\s*=", line, maxsplit=1) for line in file["dependencies"][1:])
    wanted = {n: v for n, v in direct().items() if n in imported}
    assert conda == for_conda(wanted)


def test_every_rules_steps_are_in_its_environment():
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        for rule in path.read_text().split("\n\n\n"):
            environment = re.search(r"envs/(\w+)\.yaml", rule)
            step = re.search(r"-m recall_horizon (\w+)", rule)
            assert bool(environment) == bool(step)
            assert not step or step[1] in STEPS[environment[1]], rule


def test_every_direct_dependency_has_a_purpose():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    named = {name.strip() for row in rows for name in row.split(",")}
    assert set(ranges(EVERYTHING)) <= named


def test_one_version_of_the_project_itself():
    from recall_horizon import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == __version__
    released = citation["date-released"]
    assert f"## [{__version__}] - {released}\n" in (ROOT / "CHANGELOG.md").read_text()
    for page in ("config/README.md", "docs/extending.md"):
        tags = re.findall(r"\bv(\d+\.\d+\.\d+)\b", (ROOT / page).read_text())
        assert set(tags) == {__version__}, page


def test_every_section_of_the_changelog_has_a_version_and_a_date():
    sections = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    dated = re.compile(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d")
    assert sections
    assert all(dated.fullmatch(section) for section in sections)


def test_both_recipes_of_an_image_install_the_same_from_the_same():
    docker, apptainer, ignored = (
        (ROOT / "containers" / name).read_text()
        for name in ("Dockerfile", "recall-horizon.def", "Dockerfile.dockerignore")
    )
    (copied,) = re.findall(r"^COPY (.*) /opt/recall-horizon/$", docker, re.MULTILINE)
    files = copied.split()
    assert re.findall(r"^    (\S+) /opt/recall-horizon/$", apptainer, re.MULTILINE) == files
    assert re.findall(r"^!(.*)$", ignored, re.MULTILINE) == files
    for name in files:
        if not name.startswith("dist/"):  # what `make wheel` builds
            assert (ROOT / name).exists()
            assert name.endswith(".sh") or Path(name).name in LISTS
    (base,) = re.findall(r"^FROM (.*)$", docker, re.MULTILINE)
    assert f"\nFrom: {base}\n" in apptainer
    run = "sh /opt/recall-horizon/install.sh\n"
    assert f"\nRUN {run}" in docker
    assert f"\n%post\n    {run}" in apptainer
