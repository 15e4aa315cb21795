"""Python code read as data: what a step's code is, and what a constructor accepts.

Nothing here imports the code it reads, so asking costs milliseconds where importing torch would
cost seconds, and a broken module is a message instead of a crash.
"""

import ast
import hashlib
import inspect
import typing
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import pydantic

from recall_horizon.errors import RecallHorizonError

Definition = ast.ClassDef | ast.FunctionDef


@cache
def module_file(module: str) -> Path | None:
    """The source file of `module`, found as an import would find it but without importing it."""
    search: Any = None
    spec = None
    parts = module.split(".")
    for depth in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: depth + 1]), search)
        search = spec.submodule_search_locations if spec else None
        if spec is None or (search is None and depth + 1 < len(parts)):
            return None
    found = Path(spec.origin) if spec and spec.origin else None
    return found if found and found.suffix == ".py" else None


@cache
def _tree(module: str) -> ast.Module:
    path = module_file(module)
    if path is None:
        raise RecallHorizonError(f"there is no module {module}.")
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise RecallHorizonError(f"{path}, line {error.lineno}: {error.msg}.") from error


@cache
def _imports(module: str) -> frozenset[str]:
    """Every module that `module` names in an import statement, and their parent packages."""
    path = module_file(module)
    is_package = path is not None and path.name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    named = {module}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            named.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*anchor, base] if base else anchor)
            named.add(base)
            named.update(f"{base}.{alias.name}" for alias in node.names)
    parts = [name.split(".") for name in named]
    return frozenset(".".join(p[: i + 1]) for p in parts for i in range(len(p)))


def reachable(modules: tuple[str, ...]) -> list[str]:
    """`modules` and what they import, transitively, within their own top-level packages."""
    packages = {module.partition(".")[0] for module in modules}
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        if module_file(module) is None:
            if module in modules:
                raise RecallHorizonError(f"there is no module {module}.")
            continue  # a name inside a module, a namespace package, or a compiled extension
        seen.add(module)
        waiting.extend(n for n in _imports(module) if n.partition(".")[0] in packages)
    return sorted(seen)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    """A copy of `tree` without its bare strings: docstrings, of attributes too."""
    copy = ast.parse(ast.unparse(tree))
    for node in ast.walk(copy):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                kept = [s for s in body if not _is_bare_string(s)]
                setattr(node, field, kept or ([ast.Pass()] if body else []))
    return copy


def _is_bare_string(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _module_digest(module: str) -> str:
    code = ast.unparse(_without_docstrings(_tree(module)))
    return hashlib.sha256(code.encode()).hexdigest()[:12]


@cache
def digests(*modules: str) -> dict[str, str]:
    """A digest of each module that `modules` run, taken over its syntax tree.

    Comments, docstrings and layout do not count; every module reached by imports inside the same
    top-level packages does. Equal digests mean that the same code runs.
    """
    return {module: _module_digest(module) for module in reachable(modules)}


def digest(*modules: str) -> str:
    """One digest of all the code that `modules` run."""
    parts = "".join(f"{name} {part}\n" for name, part in digests(*modules).items())
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def summary(module: str) -> str:
    """The first line of the docstring of `module`."""
    return (ast.get_docstring(_tree(module)) or "").partition("\n")[0]


def constant(module: str, name: str) -> Any:
    """The literal that `module` assigns to `name` at its top level.

    Raises:
        RecallHorizonError: there is no such assignment, or it is no literal.
    """
    for node in _tree(module).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                break
    raise RecallHorizonError(f"{module_file(module)} must assign a literal to {name}.")


def definitions(module: str) -> list[Definition]:
    """The public classes and functions that `module` defines at its top level."""
    return [
        node
        for node in _tree(module).body
        if isinstance(node, Definition) and not node.name.startswith("_")
    ]


def options_model(
    module: str, name: str, positional: int, base: type[pydantic.BaseModel]
) -> type[pydantic.BaseModel]:
    """A subclass of `base` with the options that a function or a class's constructor takes.

    Options are the parameters after the first `positional` ones (`self` not counted). Their
    annotations are looked up in `typing` and `pydantic` by name: `hidden_size: PositiveInt = 32`
    says all there is to say. An annotation that cannot be looked up so accepts anything.

    Raises:
        RecallHorizonError: `module` defines no `name`.
    """
    found = next((d for d in definitions(module) if d.name == name), None)
    if found is None:
        raise RecallHorizonError(f"{module_file(module)} defines no {name}.")
    function: Any = found
    if isinstance(found, ast.ClassDef):
        functions = (node for node in found.body if isinstance(node, ast.FunctionDef))
        function = next((f for f in functions if f.name == "__init__"), None)
    fields: dict[str, Any] = {}
    extra = "forbid"
    if function is None:  # an inherited constructor says elsewhere what it takes
        extra = "allow" if getattr(found, "bases", None) else "forbid"
    else:
        extra = "allow" if function.args.kwarg else "forbid"
        skip = positional + isinstance(found, ast.ClassDef)
        fields = {a.arg: (_annotation(a), d) for a, d in list(_parameters(function))[skip:]}
    return pydantic.create_model(name, __base__=base, __cls_kwargs__={"extra": extra}, **fields)


def _parameters(function: ast.FunctionDef) -> Iterator[tuple[ast.arg, Any]]:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for parameter, default in zip(
        [*plain, *arguments.kwonlyargs], [*defaults, *arguments.kw_defaults], strict=True
    ):
        yield parameter, ... if default is None else _literal(default)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return inspect.Parameter.empty  # a computed default: there is one, its value is not ours


def _annotation(parameter: ast.arg) -> Any:
    if parameter.annotation is None:
        return Any
    names = {n.id for n in ast.walk(parameter.annotation) if isinstance(n, ast.Name)}
    homes = (typing, pydantic)
    known = {name: getattr(h, name) for name in names for h in homes if hasattr(h, name)}
    try:
        annotation = eval(ast.unparse(parameter.annotation), known)
        known_type = pydantic.TypeAdapter(annotation).pydantic_complete
    except Exception:  # an annotation is the author's: whatever is wrong with it, it checks nothing
        return Any
    return annotation if known_type and not isinstance(annotation, str) else Any
