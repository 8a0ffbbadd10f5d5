"""What the code says of the wire: the fields of its types, and the names that it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NotRequired, get_origin, get_type_hints

from collabpad import errors

PACKAGE = Path(__file__).parent.parent.parent / "collabpad"


@dataclass(frozen=True)
class Fields:
    """The fields of a type, and which of them may be left out."""

    all: frozenset[str]
    optional: frozenset[str]


def fields_of(kind: Any) -> Fields:
    """Of a dataclass that is parsed, or of a TypedDict that is sent."""
    if is_dataclass(kind):
        found = fields(kind)
        optional = frozenset(each.name for each in found if each.default is not MISSING)
        return Fields(frozenset(each.name for each in found), optional)
    hints = get_type_hints(kind, include_extras=True)
    optional = frozenset(name for name, hint in hints.items() if get_origin(hint) is NotRequired)
    return Fields(frozenset(hints), optional if kind.__total__ else frozenset(hints))


@cache
def _trees() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def names_used(*, but: str) -> set[str]:
    """Every name that code uses anywhere in the package, except in the module `but`."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for path, tree in _trees().items()
        if path != but
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def literal_emits() -> list[str]:
    """Where an event is told by a literal name, which nothing checks."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "emit"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


@cache
def raised() -> set[str]:
    """The names of all exceptions that are made anywhere in the package."""
    return {
        ast.unparse(node.func).rpartition(".")[2]
        for tree in _trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }


def error_statuses() -> set[tuple[str, int]]:
    """Every error code that there is, with its HTTP status."""
    return {
        (kind.code, kind.status)
        for kind in _below(errors.CollabpadError)
        if kind.__name__ in raised() and not issubclass(kind, errors.StartError)
    }


def _below(kind: type[errors.CollabpadError]) -> Iterator[type[errors.CollabpadError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)
