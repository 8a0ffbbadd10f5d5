"""The house holds: imports go down only, and each thing of the outside world has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "collabpad"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the top down; a module may import from its own floor and from those below.
FLOORS = [
    {"cli", "__main__"},
    {"server", "server_discovery", "client"},
    {"web"},
    {"sessions"},
    {"runs"},
    {"sandbox", "storage"},
    {"wire"},
    {
        "addresses",
        "coercion",
        "configuration",
        "errors",
        "invisible",
        "language_settings",
        "listeners",
        "locks",
        "logs",
        "offload",
        "paths",
        "protocol",
        "runtime",
        "setting_sources",
        "settings",
        "tls",
        "tokens",
        "units",
    },
]
LEVEL = {name: level for level, floor in enumerate(FLOORS) for name in floor}
DOORS = {
    "flask": {"web", "wire/flask_extension.py"},
    "flask_socketio": {"wire/libraries.py"},
    "socketio": {"wire/libraries.py"},
    "engineio": set(),  # wire/ has its own
    "simple_websocket": set(),
    "collabpad.wire": {"web", "wire", "server.py"},
    "werkzeug": {"web"},
    "pycrdt": {"sessions/document.py"},
    "sqlite3": {"storage"},
    "click": {"cli"},
    "segno": {"cli", "web"},
    "fcntl": {"locks.py", "sandbox", "server.py"},
    "msvcrt": {"locks.py"},
    "resource": {"sandbox", "server.py"},
    "ctypes": {"sandbox"},
    "platformdirs": {"configuration.py"},
}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """What a module imports: the top-level package, and for our own the name on the floor."""
    package = list(path.relative_to(PACKAGE.parent).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            root = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{root}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            yield top, rest.partition(".")[0]


def floor_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    floor = floor_of(path)
    if floor == "__init__":
        return
    assert floor in LEVEL, f"{floor} has no place in the house"
    for top, name in imports(path):
        if top == "collabpad" and name in LEVEL:
            assert LEVEL[name] >= LEVEL[floor], f"{floor} imports {name}, which is above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_thing_outside_has_one_door(path: Path) -> None:
    where = path.relative_to(PACKAGE).as_posix()
    for top, name in imports(path):
        doors = DOORS.get(f"{top}.{name}" if top == "collabpad" else top)
        if doors is not None:
            assert any(where == door or where.startswith(f"{door}/") for door in doors), (
                f"{where} imports {top} {name}"
            )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_of_a_size_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 360, f"{lines} lines: split it"


# --- no circles -----------------------------------------------------------------------------------

TYPES_ALONE = {("wire.engine_socket", "wire.engine_server")}
"""A module that names the type of what made it; it imports it for that alone."""


def imported_modules(path: Path) -> set[str]:
    """The modules of the package that a module imports, for types too."""
    package = list(path.relative_to(PACKAGE).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            root = ".".join([*base, *([node.module] if node.module else [])])
            found |= {root, *(f"{root}.{alias.name}".lstrip(".") for alias in node.names)}
    return found


def test_no_module_imports_itself_through_others() -> None:
    names = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in MODULES}
    graph = {
        name: {
            each
            for each in imported_modules(path)
            if each in names and (name, each) not in TYPES_ALONE
        }
        for name, path in names.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        pytest.fail(f"{circle}: move what both need into a module below them")
