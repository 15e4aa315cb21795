"""A floor stands on those below it and never reaches up: read from the import statements."""

import ast
import pkgutil

import pytest

import recall_horizon
from recall_horizon import source

MODULES = sorted(m.name for m in pkgutil.walk_packages(recall_horizon.__path__, "recall_horizon."))


def imports(module):
    """What the import statements of `module` name, wherever they stand in it."""
    names = set()
    for node in ast.walk(ast.parse(source.module_file(module).read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
            names.add(node.module)
    return names


def reached(*floors):
    """The package's modules that modules of these floors reach through imports."""
    starts = [m for m in MODULES if m.split(".")[1] in floors]
    assert len({m.split(".")[1] for m in starts}) == len(floors), "a floor has gone"
    return set(source.reachable(tuple(starts)))


def floors_of(modules):
    return {module.split(".")[1] for module in modules if "." in module}


def outside(modules):
    """The foreign packages that `modules` import."""
    return {name.split(".")[0] for m in modules for name in imports(m)} - {"recall_horizon"}


UPPER = {"report", "paper", "content", "findings", "figures", "cli", "__main__"}
MIDDLE = {"training", "models", "tasks", "collect", "summary", "provenance", "device"}


def test_the_foundations_reach_nothing_above_them():
    ground = reached("config", "files", "source", "errors", "seeds", "catalogue", "allocator")
    ground |= reached("quantities", "planning")
    assert not floors_of(ground) & (UPPER | MIDDLE | {"datasets"})
    assert not outside(ground) & {"torch", "pandas", "matplotlib", "scipy"}


def test_models_and_tasks_reach_neither_training_nor_each_other():
    assert not floors_of(reached("models")) & (UPPER | MIDDLE - {"models"})
    assert not floors_of(reached("tasks")) & (UPPER | MIDDLE - {"tasks"})


def test_training_reaches_no_tables_and_no_pictures():
    modules = reached("training", "datasets", "losses", "device")
    assert not floors_of(modules) & (UPPER | {"collect", "summary", "statistics", "provenance"})
    assert not outside(modules) & {"pandas", "matplotlib", "scipy", "jinja2"}


def test_tables_figures_and_words_never_reach_training():
    modules = reached("collect", "summary", "statistics", "figures", "findings", "report", "paper")
    assert not floors_of(modules) & {"training", "models", "tasks", "adam", "device", "cli"}
    assert not outside(modules) & {"torch"}


def test_tables_reach_no_figures_and_no_words():
    assert not floors_of(reached("collect", "summary", "statistics", "tables")) & UPPER


@pytest.mark.parametrize("module", MODULES)
def test_the_package_knows_nothing_of_snakemake(module):
    assert "snakemake" not in outside([module])


@pytest.mark.parametrize("module", [m for m in MODULES if ".cli" not in m and "__main__" not in m])
def test_nothing_but_the_command_line_knows_the_command_line(module):
    assert not {name for name in imports(module) if name.startswith("recall_horizon.cli")}
    assert "argparse" not in outside([module])
