"""The house holds: imports go down only, and each thing of the outside world has one door."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
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


BY_NAME = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """What a module imports: the top-level package, and for our own the name on the floor."""
    package = list(path.relative_to(PACKAGE.parent).parts[:-1])
    for node in ast.walk(parsed(path)):
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


@BY_NAME
def test_imports_go_down_only(path: Path) -> None:
    floor = floor_of(path)
    if floor == "__init__":
        return
    assert floor in LEVEL, f"{floor} has no place in the house"
    for top, name in imports(path):
        if top == "collabpad" and name in LEVEL:
            assert LEVEL[name] >= LEVEL[floor], f"{floor} imports {name}, which is above it"


@BY_NAME
def test_each_thing_outside_has_one_door(path: Path) -> None:
    where = path.relative_to(PACKAGE).as_posix()
    for top, name in imports(path):
        doors = DOORS.get(f"{top}.{name}" if top == "collabpad" else top)
        if doors is not None:
            assert any(where == door or where.startswith(f"{door}/") for door in doors), (
                f"{where} imports {top} {name}"
            )


# --- sizes ----------------------------------------------------------------------------------------

MAX_LINES, MAX_LINES_OF_A_FUNCTION, MAX_COMPLEXITY = 330, 40, 10


@BY_NAME
def test_files_are_of_a_size_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines: split it"


@BY_NAME
def test_functions_are_of_a_size_to_read(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MAX_LINES_OF_A_FUNCTION, f"{node.name} has {lines} lines: split it"


def test_no_function_is_too_complex() -> None:
    """Ruff counts; nothing may be left out of it."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    lint = project["tool"]["ruff"]["lint"]
    assert lint["mccabe"]["max-complexity"] == MAX_COMPLEXITY
    assert "C90" in lint["select"]
    exempt = [lint["ignore"], *lint["per-file-ignores"].values()]
    assert not [rule for rules in exempt for rule in rules if rule.startswith("C9")]
    for path in MODULES:
        assert not re.search("noqa(?!:)|noqa:.*C90", path.read_text(encoding="utf-8")), path.name


# --- what a folder says of itself -----------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE],
    ids=lambda path: path.parent.name,
)
def test_a_folder_says_what_is_in_it_what_may_not_be_and_where_to_begin(path: Path) -> None:
    told = ast.get_docstring(parsed(path)) or ""
    assert len(told.splitlines()) >= 3


# --- no circles -----------------------------------------------------------------------------------


def imported_modules(path: Path) -> set[str]:
    """The modules of the package that a module imports, for types too."""
    package = list(path.relative_to(PACKAGE).parts[:-1])
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            root = ".".join([*base, *([node.module] if node.module else [])])
            found |= {root, *(f"{root}.{alias.name}".lstrip(".") for alias in node.names)}
    return found


def test_no_module_imports_itself_through_others() -> None:
    names = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in MODULES}
    graph = {
        name: {each for each in imported_modules(path) if each in names}
        for name, path in names.items()
    }
    assert circle(graph) == "", "move what both need into a module below them"


def test_no_module_of_the_page_imports_itself_through_others() -> None:
    named = re.compile(r"""^(?:import|export)\b[^;"']*["']\./([\w.]+)["']""", re.MULTILINE)
    modules = (PACKAGE / "static" / "js").glob("*.js")
    graph = {path.name: set(named.findall(path.read_text(encoding="utf-8"))) for path in modules}
    assert sum(map(len, graph.values())) > len(graph)
    assert circle(graph) == "", "move what both need into a module below them"


def circle(graph: Mapping[str, set[str]]) -> str:
    """The way round of a circle, or nothing."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) in ("b → c → b", "c → b → c")
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == ""
