"""What the code says over the wire, read from its source: events with the fields of their payloads.

A payload is found where it is a dict display at the call of `say` or `emit`, a variable that was
given one just before, or what a function returns. That is how they are written here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent.parent / "collabpad"
Fields = frozenset[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Said:
    """One call that tells clients of an event; `fields` is None where they cannot be seen."""

    event: str
    fields: Fields | None
    place: str


@cache
def modules() -> dict[str, ast.Module]:
    found = sorted([*PACKAGE.glob("sessions/*.py"), *PACKAGE.glob("web/*.py")])
    found.append(PACKAGE / "protocol" / "server_events.py")
    return {
        str(path.relative_to(PACKAGE.parent)): ast.parse(path.read_text(encoding="utf-8"))
        for path in found
    }


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


@cache
def _typed_dicts() -> dict[str, Fields]:
    return {
        each.name: frozenset(
            part.target.id
            for part in each.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        )
        for each in modules()["collabpad/protocol/server_events.py"].body
        if isinstance(each, ast.ClassDef)
    }


@cache
def said() -> list[Said]:
    """Every event that is told to clients, anywhere."""
    found = []
    for name, tree in modules().items():
        for function in _functions(tree):
            for call in ast.walk(function):
                if _is_telling(call):
                    event = call.args[0].value  # type: ignore[attr-defined]
                    fields = fields_of(call.args[1], function, tree)  # type: ignore[attr-defined]
                    found.append(Said(event, fields, f"{name}:{call.lineno}"))  # type: ignore[attr-defined]
    return found


def _is_telling(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("say", "emit")
        and len(node.args) == 2
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def fields_of(value: ast.expr, function: Function, tree: ast.Module) -> Fields | None:
    """The keys of the dict that `value`, an expression in `function`, makes."""
    if isinstance(value, ast.Dict):
        return _of_display(value, function, tree)
    if isinstance(value, ast.Name):
        return _of_variable(value, function, tree)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name | ast.Attribute):
        called = value.func.id if isinstance(value.func, ast.Name) else value.func.attr
        return _returned_by(called, tree)
    if isinstance(value, ast.IfExp):
        return _union(fields_of(each, function, tree) for each in (value.body, value.orelse))
    return None


def _union(found: Iterator[Fields | None]) -> Fields | None:
    all_of_them = list(found)
    if not all_of_them or None in all_of_them:
        return None
    return frozenset().union(*filter(None, all_of_them))


def _of_display(value: ast.Dict, function: Function, tree: ast.Module) -> Fields | None:
    fields: set[str] = set()
    for key, part in zip(value.keys, value.values, strict=True):
        if isinstance(key, ast.Constant):
            fields.add(str(key.value))
            continue
        inner = fields_of(part, function, tree) if key is None else None
        if inner is None:
            return None
        fields |= inner
    return frozenset(fields)


def _of_variable(name: ast.Name, function: Function, tree: ast.Module) -> Fields | None:
    """By the last assignment before; and what is put into it by its keys since."""
    assigned: tuple[int, ast.expr] | None = None
    put: list[tuple[int, str]] = []
    for each in ast.walk(function):
        if isinstance(each, ast.Assign):
            target, value = each.targets[0], each.value
        elif isinstance(each, ast.AnnAssign) and each.value is not None:
            target, value = each.target, each.value
        else:
            continue
        if each.lineno > name.lineno:
            continue
        if isinstance(target, ast.Name) and target.id == name.id:
            assigned = max(assigned or (0, value), (each.lineno, value), key=lambda pair: pair[0])
        elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == name.id:
            key = target.slice
            if isinstance(key, ast.Constant):
                put.append((each.lineno, str(key.value)))
    if assigned is None:
        return None
    first, value = assigned
    fields = fields_of(value, function, tree)
    return None if fields is None else fields | {key for line, key in put if line > first}


def returned_by(name: str, module: str = "") -> Fields | None:
    """The keys of what a function of `module` returns, or else of any."""
    own = modules().get(f"collabpad/sessions/{module}.py")
    return _returned_by(name, own)


@cache
def _returned_by(name: str, tree: ast.Module | None) -> Fields | None:
    for each in [*([tree] if tree else []), *modules().values()]:
        for function in _functions(each):
            if function.name == name:
                return _returns(function, each)
    return None


def _returns(function: Function, tree: ast.Module) -> Fields | None:
    typed = _typed_dicts().get(ast.unparse(function.returns)) if function.returns else None
    if typed:
        return typed
    values = []
    for each in ast.walk(function):
        if isinstance(each, ast.Return) and each.value is not None:
            value = each.value
            values.append(value.elts[0] if isinstance(value, ast.Tuple) else value)
    values = [each for each in values if not isinstance(each, ast.Constant)]
    return _union(fields_of(each, function, tree) for each in values)


@cache
def raised() -> set[str]:
    """The names of all exceptions that are made anywhere in the package."""
    return {
        name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for name in [ast.unparse(node.func).rpartition(".")[2]]
    }
