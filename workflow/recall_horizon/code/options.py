"""The options that a function or a class takes, as a pydantic model, read from its signature."""

import ast
import inspect
import operator
import typing
from collections.abc import Iterator
from pathlib import Path
from types import EllipsisType
from typing import Any

import pydantic
from pydantic_core import PydanticCustomError

from recall_horizon.code import syntax
from recall_horizon.errors import RecallHorizonError


def options_model(
    module: str, name: str, positional: int, base: type[pydantic.BaseModel]
) -> type[pydantic.BaseModel]:
    """A subclass of `base` with the options that a function or a class's constructor takes.

    Options are the parameters after the first `positional` ones (`self` not counted). Their
    annotations are looked up in `typing` and `pydantic` by name: `hidden_size: PositiveInt = 32`
    is a complete description. An annotation that cannot be looked up this way accepts anything.

    Raises:
        RecallHorizonError: `module` defines no `name`.
    """
    found = syntax.defined(module, name)
    if found is None:
        raise RecallHorizonError(f"{syntax.module_file(module)} defines no {name}.")
    function: Any = found
    if isinstance(found, ast.ClassDef):
        functions = (node for node in found.body if isinstance(node, ast.FunctionDef))
        function = next((f for f in functions if f.name == "__init__"), None)
    fields: dict[str, Any] = {}
    if function is None:  # the parameters of an inherited constructor are defined elsewhere
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
        return inspect.Parameter.empty  # a computed default: its value is not known here


def _existing(folder: Path, info: pydantic.ValidationInfo) -> Path:
    """`folder`, which has to be there unless the context says that it is `elsewhere`."""
    if not folder.is_dir() and not (info.context or {}).get("elsewhere"):
        raise PydanticCustomError("path_not_directory", "should be a folder")
    return folder


# A folder whose content a step reads; in a configuration it is text.
Folder = typing.Annotated[Path, pydantic.Strict(False), pydantic.AfterValidator(_existing)]

# The names that an annotation may use in addition to those of `typing` and `pydantic`.
PLAIN_TYPES = {t.__name__: t for t in (bool, int, float, complex, str, bytes, object)}
PLAIN_TYPES |= {t.__name__: t for t in (list, tuple, dict, set, frozenset)}
# The keywords of `Field(…)` that are read; others are ignored.
BOUNDS = {"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern"}


def _annotation(parameter: ast.arg) -> Any:
    if parameter.annotation is None:
        return Any
    try:
        annotation = _meaning(parameter.annotation)
        known_type = pydantic.TypeAdapter(annotation).pydantic_complete
    except Exception:  # the annotation is the author's: if it cannot be read, nothing is checked
        return Any
    return annotation if known_type else Any


def _meaning(node: ast.expr) -> Any:
    """The type that an annotation's syntax tree describes with known names; no code is run.

    Raises:
        LookupError: it uses a name that is not known here, or other syntax.
    """
    match node:
        case ast.Constant(value=None | bool() | int() | float() | EllipsisType() as value):
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
            form = _meaning(generic)
            # Text is a value of Literal; elsewhere pydantic would evaluate it as a type.
            known = ast.literal_eval if form is typing.Literal else _meaning
            return form[known(arguments)]
        case ast.Call(func=ast.Name(id="Field"), args=[], keywords=keywords):
            return pydantic.Field(**{k.arg: _literal(k.value) for k in keywords if k.arg in BOUNDS})
    raise LookupError(ast.unparse(node))


def _named_type(name: str) -> Any:
    """A plain type, a form of `typing`, or a constrained number or text of pydantic."""
    if name in PLAIN_TYPES:
        return PLAIN_TYPES[name]
    if name in typing.__all__ and name != "ForwardRef":
        return getattr(typing, name)
    if name in pydantic.__all__:
        found = getattr(pydantic, name)
        if typing.get_origin(found) is typing.Annotated and typing.get_args(found)[0] in (
            *(bool, int, float, str, bytes),
        ):
            return found
    if name == "DirectoryPath":
        return Folder
    raise LookupError(name)
