"""What a step runs, determined from its imports: digests of code, versions of packages."""

import ast
import hashlib
import json
import site
import sys
import sysconfig
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from recall_horizon.code import syntax
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.caches import cached
from recall_horizon.storage.files import write_text

# Packages that check a job's input and carry its numbers, and change none of them.
CARRIERS = ("pydantic", "safetensors")
# Distributions that are not called as their modules are. Others are found, which takes longer.
DISTRIBUTIONS = {"vl_convert": "vl-convert-python", "yaml": "PyYAML"}


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


class _Facts(NamedTuple):
    """What is known of a module's code: its digest, and what it imports."""

    digest: str
    imports: list[str]


class _Memory:
    """The facts of modules by the bytes of their files, which a folder of caches keeps.

    Facts that other code than this has found do not count. To parse the package takes half the
    time of starting Snakemake. What cannot be read or written is not kept.
    """

    MOST = 2000  # modules; the oldest are forgotten

    def __init__(self) -> None:
        self.file = cached("facts.json")
        self.facts: dict[str, _Facts] = {}
        self.new = False
        with suppress(OSError, ValueError, TypeError, AttributeError):
            read = json.loads(self.file.read_text(encoding="utf-8"))
            self.facts = {key: _Facts(*known) for key, known in read.items()}

    def of(self, module: str) -> _Facts:
        """The facts of `module`."""
        path = syntax.module_file(module)
        content = path.read_bytes() if path else b""
        found_by = f"{sys.version} {_finder()} {module} "
        key = hashlib.sha256(found_by.encode() + content).hexdigest()
        if key not in self.facts:
            self.facts[key] = _Facts(_digest(module), sorted(_named(module)))
            self.new = True
        return self.facts[key]

    def keep(self) -> None:
        """Write what is new."""
        if self.new:
            with suppress(RecallHorizonError):
                kept = dict(list(self.facts.items())[-self.MOST :])
                write_text(self.file, json.dumps(kept))
            self.new = False


@cache
def _finder() -> str:
    """The digest of the code that finds facts."""
    files = (Path(__file__), Path(syntax.__file__))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@cache
def _memory() -> _Memory:
    return _Memory()


@cache
def _facts(module: str) -> _Facts:
    return _memory().of(module)


def _named(module: str) -> frozenset[str]:
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
        waiting.extend(_facts(module).imports)
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


def _digest(module: str) -> str:
    code = ast.unparse(_without_docstrings(syntax.parse(module)))
    return hashlib.sha256(code.encode()).hexdigest()[:12]


@cache
def _version(package: str) -> str:
    """The version of the distribution that brings the top-level module `package`."""
    try:
        return metadata.version(DISTRIBUTIONS.get(package, package))
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
    found = {module: _facts(module).digest for module in reachable(modules)}
    _memory().keep()
    return {**found, **{package: _version(package) for package in known if packages}}


def digest(*modules: str, packages: bool = True) -> str:
    """The `identity` of `modules` in one word."""
    found = identity(*modules, packages=packages)
    parts = "".join(f"{name} {part}\n" for name, part in found.items())
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
