"""Python code read as syntax trees: where a module is, what it defines, what its docstrings say.

Nothing here imports the code it reads. So a query takes milliseconds where importing torch would
take seconds, and a broken module gives an error message instead of a crash.
"""

import ast
import inspect
import itertools
import sys
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from recall_horizon.errors import RecallHorizonError

Definition = ast.ClassDef | ast.FunctionDef


@cache
def find(module: str) -> ModuleSpec | None:
    """Where an import would find `module`, without importing it."""
    search: Any = None
    spec = None
    parts = module.split(".")
    if not all(parts):
        return None
    for depth in range(len(parts)):
        spec = _find(".".join(parts[: depth + 1]), search)
        search = spec.submodule_search_locations if spec else None
        if spec is None or (search is None and depth + 1 < len(parts)):
            return None
    return spec


def _find(module: str, search: Any) -> ModuleSpec | None:
    """Its place on the path, else from another finder, such as an editable installation's."""
    for finder in (PathFinder, *sys.meta_path):
        spec = finder.find_spec(module, search)
        if spec is not None:
            return spec
    return None


@cache
def module_file(module: str) -> Path | None:
    """The source file of `module`, found as an import would find it but without importing it."""
    spec = find(module)
    found = Path(spec.origin) if spec and spec.origin else None
    return found if found and found.suffix == ".py" else None


@cache
def tree(module: str) -> ast.Module:
    """The syntax tree of `module`, read once and shared: change nothing in it.

    Raises:
        RecallHorizonError: there is no such module, or it has a syntax error.
    """
    return parse(module)


def parse(module: str) -> ast.Module:
    """The syntax tree of `module`, read from its file.

    Raises:
        RecallHorizonError: there is no such module, or it has a syntax error.
    """
    path = module_file(module)
    if path is None:
        raise RecallHorizonError(f"there is no module {module}.")
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise RecallHorizonError(f"{path}, line {error.lineno}: {error.msg}.") from error


def docstring(module: str, name: str | None = None) -> str:
    """The docstring of `module`, or of the `name` that it defines; may be ""."""
    node = defined(module, name) if name else tree(module)
    return (ast.get_docstring(node) or "") if node else ""


def constant(module: str, name: str) -> Any:
    """The literal that `module` assigns to `name` at its top level.

    Raises:
        RecallHorizonError: there is no such assignment, or it is not a literal.
    """
    value = _assigned(tree(module).body, name)
    if value is None:
        raise RecallHorizonError(f"{module_file(module)} must assign a literal to {name}.")
    return value


def attribute(module: str, class_name: str, name: str) -> Any:
    """The literal that a class of `module` assigns to `name`; None if it assigns none.

    What it inherits is not looked at.
    """
    return _assigned(_body(module, class_name), name)


def methods(module: str, class_name: str) -> list[str]:
    """The methods that a class of `module` itself defines."""
    body = _body(module, class_name)
    return [node.name for node in body if isinstance(node, ast.FunctionDef)]


def attribute_docstrings(module: str, class_name: str) -> dict[str, str]:
    """The text below each annotated attribute of a class of `module`, where it has one.

    What it inherits is not looked at, and a module without a source has none.
    """
    said = {}
    body = _body(module, class_name) if module_file(module) else []
    for node, below in itertools.pairwise(body):
        match node, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(text))):
                said[name] = inspect.cleandoc(text)
    return said


def _body(module: str, class_name: str) -> list[ast.stmt]:
    """The statements of a public class of `module`; none if it defines no such class."""
    found = defined(module, class_name)
    return found.body if isinstance(found, ast.ClassDef) else []


def _assigned(body: list[ast.stmt], name: str) -> Any:
    """The literal that a statement of `body` assigns to `name`; None if there is none."""
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                return None
    return None


def definitions(module: str) -> list[Definition]:
    """The public classes and functions that `module` defines at its top level."""
    return [
        node
        for node in tree(module).body
        if isinstance(node, Definition) and not node.name.startswith("_")
    ]


def defined(module: str, name: str) -> Definition | None:
    """The public class or function `name` that `module` defines at its top level, if it does."""
    return next((one for one in definitions(module) if one.name == name), None)
