"""What a step runs, determined from its imports: digests of code, versions of packages."""

import ast
import hashlib
import site
import sys
import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

from recall_horizon.code import syntax
from recall_horizon.errors import RecallHorizonError

# Packages that check a job's input and carry its numbers, and change none of them.
CARRIERS = ("pydantic", "safetensors")


@cache
def _is_installed(module: str) -> bool:
    """Whether `module` comes from an installation, such as site-packages.

    What is installed does not change under a version, so its version stands for its code. The code
    of an editable installation stands elsewhere, and is read like code of one's own.
    """
    spec = syntax.find(module)
    if spec is None:
        return False
    # A namespace package may have parts that are installed and parts that are not.
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    return all(any(map(_has_installations, Path(place).parents)) for place in places)


@cache
def _has_installations(folder: Path) -> bool:
    """Whether packages are installed into `folder`, by pip or by the system."""
    paths = sysconfig.get_paths()
    homes = {*site.getsitepackages(), site.getusersitepackages()}
    homes |= {paths["purelib"], paths["platlib"]}
    named = str(folder) in homes or folder.name in ("site-packages", "dist-packages")
    return named or any(folder.glob("*.dist-info"))


@cache
def _imports(module: str) -> frozenset[str]:
    """Every module that `module` names in an import statement, and their parent packages."""
    path = syntax.module_file(module)
    is_package = path is not None and path.name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    named = {module}
    for node in ast.walk(syntax.tree(module)):
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
        if module not in modules and _is_installed(module):
            packages.add(top)
            continue
        if syntax.module_file(module) is None:
            if module in modules:
                raise RecallHorizonError(f"there is no module {module}.")
            continue  # a name inside a module, a namespace package, or a compiled extension
        seen.add(module)
        waiting.extend(_imports(module))
    return sorted(seen), sorted(packages)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    """`tree`, from which its bare strings are removed: docstrings, of attributes too."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                kept = [s for s in body if not _is_bare_string(s)]
                setattr(node, field, kept or ([ast.Pass()] if body else []))
    return tree


def _is_bare_string(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _module_digest(module: str) -> str:
    code = ast.unparse(_without_docstrings(syntax.parse(module)))
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
def identity(*modules: str, packages: bool = True) -> dict[str, str]:
    """What `modules` run: each module reached by imports, and each installed package.

    A module has a digest of its syntax tree, 12 hexadecimal digits: comments, docstrings and layout
    do not count. An installed package has its version; those that only carry numbers (`CARRIERS`)
    are left out. Equal identities mean that the same code runs.

    Args:
        modules: where a step's code begins.
        packages: whether installed packages count; they do not where another environment runs.
    """
    known = [package for package in installed(modules) if package not in CARRIERS]
    return {
        **{module: _module_digest(module) for module in reachable(modules)},
        **{package: _version(package) for package in known if packages},
    }


def digest(*modules: str, packages: bool = True) -> str:
    """The `identity` of `modules` in one word."""
    found = identity(*modules, packages=packages)
    parts = "".join(f"{name} {part}\n" for name, part in found.items())
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
