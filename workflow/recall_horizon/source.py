"""Python code read as data: what a step's code is, and what a constructor accepts.

Nothing here imports the code it reads, so asking costs milliseconds where importing torch would
cost seconds, and a broken module is a message instead of a crash.
"""

import ast
import hashlib
import inspect
import operator
import site
import sys
import sysconfig
import typing
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

import pydantic

from recall_horizon.errors import RecallHorizonError

Definition = ast.ClassDef | ast.FunctionDef

# Packages that check a job's input and carry its numbers, and change none of them.
CARRIERS = ("pydantic", "safetensors")


@cache
def _spec(module: str) -> ModuleSpec | None:
    """Where an import would find `module`, without importing it."""
    search: Any = None
    spec = None
    parts = module.split(".")
    for depth in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: depth + 1]), search)
        search = spec.submodule_search_locations if spec else None
        if spec is None or (search is None and depth + 1 < len(parts)):
            return None
    return spec


@cache
def module_file(module: str) -> Path | None:
    """The source file of `module`, found as an import would find it but without importing it."""
    spec = _spec(module)
    found = Path(spec.origin) if spec and spec.origin else None
    return found if found and found.suffix == ".py" else None


@cache
def _is_installed(package: str) -> bool:
    """Whether the top-level `package` comes from an installation, such as site-packages.

    What is installed does not change under a version, so its version stands for its code. An
    editable installation leaves its code elsewhere, and is read like code of one's own.
    """
    spec = _spec(package)
    if spec is None:
        return False
    paths = sysconfig.get_paths()
    homes = {*site.getsitepackages(), site.getusersitepackages(), paths["purelib"]}
    homes |= {paths["platlib"]}
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    return any(
        str(home) in homes or home.name in ("site-packages", "dist-packages")
        for place in places
        for home in Path(place).parents
    )


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
    """`modules` and what they import, transitively, without installed packages.

    Followed is every module that belongs neither to the standard library nor to an installation:
    the package's own, and a user's, wherever the Python path finds them.
    """
    return _walk(modules)[0]


def installed(modules: tuple[str, ...]) -> list[str]:
    """The installed packages, by the names of their modules, that `reachable` modules import."""
    return _walk(modules)[1]


@cache
def _walk(modules: tuple[str, ...]) -> tuple[list[str], list[str]]:
    seen: set[str] = set()
    packages: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        top = module.partition(".")[0]
        if module in seen or (module not in modules and top in sys.stdlib_module_names):
            continue
        if module not in modules and _is_installed(top):
            packages.add(top)
            continue
        if module_file(module) is None:
            if module in modules:
                raise RecallHorizonError(f"there is no module {module}.")
            continue  # a name inside a module, a namespace package, or a compiled extension
        seen.add(module)
        waiting.extend(_imports(module))
    return sorted(seen), sorted(packages)


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
def _version(package: str) -> str:
    """The version of the distribution that brings the top-level module `package`."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        names = metadata.packages_distributions().get(package, [])
    return ", ".join(metadata.version(name) for name in sorted(set(names))) or "unknown"


@cache
def identity(*modules: str) -> dict[str, str]:
    """What `modules` run: each module reached by imports, and each installed package.

    A module has a digest of its syntax tree, 12 hexadecimal digits: comments, docstrings and layout
    do not count. An installed package has its version; those that only carry numbers (`CARRIERS`)
    are left out. Equal identities mean that the same code runs.
    """
    packages = [package for package in installed(modules) if package not in CARRIERS]
    return {
        **{module: _module_digest(module) for module in reachable(modules)},
        **{package: _version(package) for package in packages},
    }


def digest(*modules: str) -> str:
    """The `identity` of `modules` in one word."""
    parts = "".join(f"{name} {part}\n" for name, part in identity(*modules).items())
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


# The names that an annotation may use beside those of `typing`: types of numbers and text.
PLAIN_TYPES = {t.__name__: t for t in (bool, int, float, complex, str, bytes, object)}
PLAIN_TYPES |= {t.__name__: t for t in (list, tuple, dict, set, frozenset)}
# What `Field(…)` in an annotation may say.
BOUNDS = {"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern"}


def _annotation(parameter: ast.arg) -> Any:
    if parameter.annotation is None:
        return Any
    try:
        annotation = _meaning(parameter.annotation)
        known_type = pydantic.TypeAdapter(annotation).pydantic_complete
    except Exception:  # an annotation is the author's: whatever is wrong with it, it checks nothing
        return Any
    return annotation if known_type and not isinstance(annotation, str) else Any


def _meaning(node: ast.expr) -> Any:
    """The type that an annotation's syntax tree spells out of known names; nothing is run.

    Raises:
        LookupError: it uses a name that is not known here, or other syntax.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Name(id=name):
            return _named_type(name)
        case ast.Attribute(value=ast.Name(id="typing" | "t" | "pydantic"), attr=name):
            return _named_type(name)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(map(_meaning, parts))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return operator.or_(_meaning(left), _meaning(right))
        case ast.Subscript(value=generic, slice=arguments):
            return _meaning(generic)[_meaning(arguments)]
        case ast.Call(func=ast.Name(id="Field"), args=[], keywords=keywords):
            return pydantic.Field(**{k.arg: _literal(k.value) for k in keywords if k.arg in BOUNDS})
    raise LookupError(ast.unparse(node))


def _named_type(name: str) -> Any:
    """A type of numbers or text, a form of `typing`, or a constrained number of pydantic."""
    if name in PLAIN_TYPES:
        return PLAIN_TYPES[name]
    if name in typing.__all__:
        return getattr(typing, name)
    if name in pydantic.__all__:
        found = getattr(pydantic, name)
        if typing.get_origin(found) is typing.Annotated and typing.get_args(found)[0] in (
            *(bool, int, float, str, bytes),
        ):
            return found
    raise LookupError(name)
