"""Run every check of the project; see `scripts/check`. Ends with pytest's own closing line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "frontend"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import changed
import node
import programs

ROOT = Path(__file__).resolve().parent.parent
PYTHON_MODULE = (sys.executable, "-m")
PYTEST = (sys.executable, "-P", "scripts/run_tests.py")
FAST = ("-m", "not soak and not slow", "-p", "no:playwright")  # no test with a browser is fast
ALL = ("-m", "not soak")
NO_TESTS_COLLECTED = 5
NODE_MODULES = ROOT / "frontend" / "node_modules"
# One more than there are cores, for much of a test is waiting; the slowest tests are spread.
AT_ONCE = ("--numprocesses", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
PRETTIER_FILES = (
    "collabpad/static/js",
    "collabpad/static/css",
    "frontend/entries",
    "frontend/*.json",
)


@dataclass(frozen=True)
class Check:
    """One program that finds faults, and how it mends those that it can."""

    name: str
    command: tuple[str, ...]
    fix: tuple[str, ...] | None = None
    fine: tuple[int, ...] = (0,)
    """The exit codes that mean no fault."""


def checks(prettier_files: Sequence[str] = PRETTIER_FILES) -> list[Check]:
    """All but the tests, the quick ones first."""
    ruff = (*PYTHON_MODULE, "ruff")
    node_program = str(node.find_node().program)
    prettier = (node_program, str(NODE_MODULES / "prettier" / "bin" / "prettier.cjs"))
    cache = ("--cache", "--cache-strategy", "content")
    cache_place = ("--cache-location", "frontend/node_modules/.cache/prettier")
    quiet = ("--log-level", "warn", "--no-error-on-unmatched-pattern", *cache, *cache_place)
    wire_types = (sys.executable, "-P", "scripts/wire_types.py")
    tsc = (node_program, str(NODE_MODULES / "typescript" / "bin" / "tsc"))
    return [
        Check("ruff check", (*ruff, "check", "--quiet"), (*ruff, "check", "--quiet", "--fix")),
        Check("ruff format", (*ruff, "format", "--quiet", "--check"), (*ruff, "format", "--quiet")),
        Check("wire types", (*wire_types, "--check"), wire_types),
        Check(
            "prettier",
            (*prettier, "--check", *quiet, *prettier_files),
            (*prettier, "--write", *quiet, *prettier_files),
        ),
        Check("tsc", (*tsc, "--project", "frontend")),
        Check("mypy", (*PYTHON_MODULE, "mypy", "--no-error-summary")),
    ]


def passes(check: Check) -> bool:
    """Run it, print one line, and what it says if it finds fault."""
    return runs(check.name, check.command, check.fine)


def runs(name: str, command: tuple[str, ...], fine: tuple[int, ...] = (0,)) -> bool:
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    good = done.returncode in fine
    said = [f"{name:<12} {'ok' if good else 'FAILED'} ({time.monotonic() - start:.1f} s)"]
    said += [] if good else [(done.stdout + done.stderr).rstrip()]
    print("\n".join(said), flush=True)  # at once: others may be printing
    return good


def fix() -> int:
    """Mend what can be mended."""
    results = [runs(check.name, check.fix) for check in checks() if check.fix is not None]
    return 0 if all(results) else 1


def run_tests(which: tuple[str, ...], failed: list[str]) -> int:
    """Run these tests; their summary recalls the checks that failed."""
    sys.stdout.flush()
    return subprocess.run(
        [*PYTEST, *which, *AT_ONCE],
        cwd=ROOT,
        env={**os.environ, "COLLABPAD_FAILED_CHECKS": ", ".join(failed)},
        stdin=subprocess.DEVNULL,
    ).returncode


def checks_of(names: list[str]) -> list[Check]:
    """The checks that these files need: of these files where that is enough, else of all."""
    python, ours = changed.with_ending(names, ".py"), ("collabpad/static/", "frontend/")
    page = [name for name in names if name.startswith(ours)]
    page = changed.with_ending(page, ".js", ".mjs", ".css", ".json")
    targets: dict[str, list[str] | None] = {
        "ruff check": python,
        "ruff format": python,
        "prettier": page,
        "tsc": None if changed.with_ending(page, ".js") else [],
    }
    others: list[str] | None = None if python else []
    return [
        replace(check, command=(*check.command, *(which or ())))
        for check in checks(prettier_files=())
        if (which := targets.get(check.name, others)) != []
    ]


def check_changed() -> int:
    """Check what differs from the main branch, all at once, with its quick tests."""
    names = changed.changed_files()
    found = checks_of(names)
    if tests := changed.tests_of(names):
        # Tests that are all slow are collected and not run, which is no fault.
        fine = (0, NO_TESTS_COLLECTED)
        found.append(Check("tests", (*PYTEST, *FAST, "--exitfirst", *tests), fine=fine))
    with ThreadPoolExecutor() as pool:
        passed = list(pool.map(passes, found))
    return 0 if all(passed) else 1


def check_all(*, fast: bool) -> int:
    """Run all checks, then the tests, whatever failed before; 0 only if nothing did."""
    programs.install(programs.missing())
    absent = programs.missing()
    if absent:
        print("Not installed, so tests that need them are skipped: " + ", ".join(absent))
    failed = [check.name for check in checks() if not passes(check)]
    code = run_tests(FAST if fast else ALL, failed)
    return code or (1 if failed else 0)


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            return check_all(fast=False)
        case ["fast"]:
            return check_all(fast=True)
        case ["fix"]:
            return fix()
        case ["changed"]:
            return check_changed()
    print("usage: scripts/check [fast|changed|fix]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except node.BundleError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
