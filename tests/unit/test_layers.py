"""No room imports from above: every import against the table in CONTRIBUTING.md."""

import ast
import graphlib
import pkgutil
import re
from pathlib import Path

import pytest

import recall_horizon
from recall_horizon.code import identity, syntax

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MOST_LINES = 300
MOST_ENTRIES = 14
MODULES = sorted(m.name for m in pkgutil.walk_packages(recall_horizon.__path__, "recall_horizon."))


def floors():
    """The rooms of CONTRIBUTING's table, one list per row, from top to bottom."""
    table = CONTRIBUTING.partition("| room |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [re.findall(r"`(\w+)`", row) for row in rows]


MAIN = "recall_horizon.__main__"
HEIGHT = {room: -floor for floor, rooms in enumerate(floors()) for room in rooms}


def room(module):
    return module.split(".")[1]


def imports(module):
    """What the import statements of `module` name, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(syntax.module_file(module).read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
            names.add(node.module)
    return names


def edges(module):
    """The package's modules that `module` imports."""
    return {name for name in imports(module) if name in MODULES}


def reached(*rooms):
    """The package's modules that these rooms import, directly or indirectly."""
    starts = [m for m in MODULES if m.startswith(tuple(f"recall_horizon.{r}" for r in rooms))]
    assert starts
    return set(identity.reachable(tuple(starts)))


def outside(modules):
    """The other packages that `modules` import."""
    return {name.split(".")[0] for m in modules for name in imports(m)} - {"recall_horizon"}


def test_the_table_lists_every_room_and_nothing_else():
    assert {room(module) for module in MODULES} - {"__main__"} == set(HEIGHT)


def test_the_top_of_the_package_has_few_entries():
    entries = {path.name for path in (ROOT / "workflow/recall_horizon").iterdir()}
    assert len(entries - {"__pycache__"}) <= MOST_ENTRIES


def test_no_import_reaches_up():
    known = [(module, name) for module in set(MODULES) - {MAIN} for name in edges(module)]
    assert not [(m, name) for m, name in known if HEIGHT[room(name)] > HEIGHT[room(m)]]


def test_no_module_imports_itself_through_others():
    """`graphlib` refuses a circle, and names it."""
    graphlib.TopologicalSorter({module: edges(module) for module in MODULES}).prepare()


def test_a_module_has_one_subject_and_fits_a_few_screens():
    lines = {m: len(syntax.module_file(m).read_text().splitlines()) for m in MODULES}
    assert not {module: number for module, number in lines.items() if number > MOST_LINES}


@pytest.mark.parametrize("floor", ["models", "data.tasks"])
def test_models_and_tasks_import_only_what_they_agree_on(floor):
    home = f"recall_horizon.{floor}"
    own = {m for m in MODULES if m.startswith(home)}
    assert len(own) > 1
    assert not {name for m in own for name in edges(m)} - own - {"recall_horizon.contract"}


def test_training_imports_neither_pandas_nor_plotting():
    modules = reached("training", "data", "models")
    assert not {room(m) for m in modules if "." in m} & {"analysis", "presentation"}
    assert not outside(modules) & {"pandas", "matplotlib", "scipy", "jinja2"}


def test_presentation_never_imports_torch():
    modules = reached("presentation")
    assert not {room(m) for m in modules if "." in m} & {"training", "models", "data"}
    assert not outside(modules) & {"torch"}


def test_what_every_run_of_snakemake_imports_is_light():
    modules = reached("config", "code", "storage.files", "cli._environment")
    assert not outside(modules) & {"torch", "pandas", "matplotlib", "scipy"}


def test_what_plans_and_watches_a_run_is_light():
    modules = reached("cli.plan", "cli.watch", "analysis.costs", "presentation.plan")
    assert not outside(modules) & {"torch", "pandas", "matplotlib", "scipy"}


def test_the_package_does_not_import_snakemake_and_only_the_command_line_parses_arguments():
    assert not [module for module in MODULES if "snakemake" in outside([module])]
    below = [module for module in MODULES if ".cli" not in module and module != MAIN]
    assert not [module for module in below if "argparse" in outside([module])]


def test_the_walk_from_the_config_to_the_figure_leads_from_file_to_file():
    walk = CONTRIBUTING.partition("### From the config")[2].partition("\n###")[0]
    files = re.findall(r"^\d+\. `([^`]+)`", walk, re.MULTILINE)
    assert len(files) > 10
    assert len(set(files)) == len(files)
    assert not [file for file in files if not (ROOT / file).is_file()]


def test_unit_tests_are_in_the_rooms_of_what_they_test():
    folders = {path.relative_to(ROOT / "tests/unit").parts for path in ROOT.glob("tests/unit/**/")}
    rooms = {parts[0] for parts in folders if parts and not parts[0].startswith("__")}
    assert rooms <= set(HEIGHT)
