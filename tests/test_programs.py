"""Programs that stand in strings, where no type checker looks: they import what there is."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for folder in ("bench", "scripts", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "from collabpad" in path.read_text(encoding="utf-8")
)


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string; what is put into one counts as a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                str(each.value) if isinstance(each, ast.Constant) else "x" for each in node.values
            )


def imported(program: str) -> Iterator[tuple[str, str]]:
    """Modules of ours, and what of them, that a program in a string imports."""
    if "from collabpad" not in program:
        return
    try:
        tree = ast.parse(program)
    except SyntaxError:
        return  # prose, or a part of a program
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("collabpad"):
            for alias in node.names:
                yield node.module or "", alias.name


def test_a_name_that_is_gone_would_be_found() -> None:
    program = ast.parse('f"import sys; from collabpad.errors import Gone; print({x})"')
    assert [each for text in strings(program) for each in imported(text)] == [
        ("collabpad.errors", "Gone")
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_programs_in_strings_import_what_there_is(path: Path) -> None:
    for text in strings(ast.parse(path.read_text(encoding="utf-8"))):
        for module, name in imported(text):
            found = hasattr(importlib.import_module(module), name)
            assert found or importlib.util.find_spec(f"{module}.{name}"), f"{module}.{name}"
