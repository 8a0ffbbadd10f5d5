"""Run every check of the project; see `scripts/check`. Ends with pytest's own closing line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "frontend"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import node
import programs

ROOT = Path(__file__).resolve().parent.parent
PYTHON_MODULE = (sys.executable, "-m")
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


def checks() -> list[Check]:
    """All but the tests, the quick ones first."""
    ruff = (*PYTHON_MODULE, "ruff")
    node_program = str(node.find_node().program)
    prettier = (node_program, str(NODE_MODULES / "prettier" / "bin" / "prettier.cjs"))
    quiet = ("--log-level", "warn", "--no-error-on-unmatched-pattern")
    wire_types = (sys.executable, "-P", "scripts/wire_types.py")
    tsc = (node_program, str(NODE_MODULES / "typescript" / "bin" / "tsc"))
    return [
        Check("ruff check", (*ruff, "check", "--quiet"), (*ruff, "check", "--quiet", "--fix")),
        Check("ruff format", (*ruff, "format", "--quiet", "--check"), (*ruff, "format", "--quiet")),
        Check("wire types", (*wire_types, "--check"), wire_types),
        Check(
            "prettier",
            (*prettier, "--check", *quiet, *PRETTIER_FILES),
            (*prettier, "--write", *quiet, *PRETTIER_FILES),
        ),
        Check("tsc", (*tsc, "--project", "frontend")),
        Check("mypy", (*PYTHON_MODULE, "mypy", "--no-error-summary")),
    ]


def passes(name: str, command: tuple[str, ...]) -> bool:
    """Run it, print one line, and what it says if it finds fault."""
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<12} {verdict} ({time.monotonic() - start:.1f} s)", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr).rstrip(), flush=True)
    return done.returncode == 0


def fix() -> int:
    """Mend what can be mended."""
    results = [passes(check.name, check.fix) for check in checks() if check.fix is not None]
    return 0 if all(results) else 1


def run_tests(marks: str, failed: list[str]) -> int:
    """Run the tests with these marks; their summary recalls the checks that failed."""
    sys.stdout.flush()
    return subprocess.run(
        [sys.executable, "-P", "scripts/run_tests.py", "-m", marks, *AT_ONCE],
        cwd=ROOT,
        env={**os.environ, "COLLABPAD_FAILED_CHECKS": ", ".join(failed)},
        stdin=subprocess.DEVNULL,
    ).returncode


def check_all(*, fast: bool) -> int:
    """Run all checks, then the tests, whatever failed before; 0 only if nothing did."""
    programs.install(programs.missing())
    absent = programs.missing()
    if absent:
        print("Not installed, so tests that need them are skipped: " + ", ".join(absent))
    failed = [check.name for check in checks() if not passes(check.name, check.command)]
    code = run_tests("not soak and not slow" if fast else "not soak", failed)
    return code or (1 if failed else 0)


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            return check_all(fast=False)
        case ["fast"]:
            return check_all(fast=True)
        case ["fix"]:
            return fix()
    print("usage: scripts/check [fast|fix]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except node.BundleError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
