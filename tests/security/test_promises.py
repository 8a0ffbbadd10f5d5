"""Every promise of docs/security.md has tests, and its numbers are those of the settings."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from collabpad.sessions import document
from collabpad.settings import Settings
from collabpad.web import address_limits
from collabpad.wire import engine_server, http_server
from tests.security.promises import SHOWN_BY, Promises

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = {int(number) for number in re.findall(r"^(\d+)\. ", TEXT, re.MULTILINE)}


@cache
def names(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_promise_is_kept_by_a_test() -> None:
    assert set(SHOWN_BY) == PROMISES


@pytest.mark.parametrize("test", [test for tests in SHOWN_BY.values() for test in tests])
def test_that_test_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names(file)


def test_its_numbers_are_those_of_the_settings() -> None:
    rows = re.findall(r"^\| .* \| (\d+) \| `(\w+)` \|$", TEXT, re.MULTILINE)
    assert len(rows) == 6
    for number, name in rows:
        assert getattr(Settings(), name) == float(number), name
    assert engine_server.UNREAD_BYTES == engine_server.UNFINISHED_BYTES == 32 * 1024 * 1024
    assert (address_limits.FIRST_DELAY, address_limits.LONGEST_DELAY) == (0.5, 8)
    told = {int(number.replace(",", "")) for number in re.findall(r"\d{1,2},\d{3}", TEXT)}
    assert told == {http_server.MOST_CONNECTIONS, engine_server.MOST_OPENING, document.MAX_PLACES}


# --- whether a run has shown them ---------------------------------------------------------------


def report(
    outcome: Literal["passed", "failed", "skipped"], reason: str = "", when: str = "call"
) -> pytest.TestReport:
    told = ("test_it.py", 1, f"Skipped: {reason}") if outcome == "skipped" else None
    return pytest.TestReport(
        nodeid="tests/protocol/test_it.py::TestIt::test_it[some]",
        location=("tests/protocol/test_it.py", 1, "test_it"),
        keywords={},
        outcome=outcome,
        longrepr=told,
        when=when,  # type: ignore[arg-type]
    )


PASSED, KERNEL = report("passed"), report("skipped", "kernel: user namespaces")


@pytest.mark.parametrize(
    ("reports", "fault"),
    [
        ([PASSED], None),
        ([PASSED, KERNEL], None),
        ([KERNEL], None),
        ([], "was not run"),
        ([report("passed", when="setup")], "was not run"),
        ([report("failed")], "failed"),
        ([PASSED, report("failed")], "failed"),
        ([PASSED, report("failed", when="teardown")], "failed"),
        ([report("skipped", "too slow")], "was skipped: too slow"),
        ([KERNEL, report("skipped", "too slow")], "was skipped: too slow"),
    ],
)
def test_what_shows_a_promise(reports: list[pytest.TestReport], fault: str | None) -> None:
    for name in ("TestIt", "test_it"):
        promises = Promises({1: [f"protocol/test_it.py::{name}"]})
        for each in reports:
            promises.pytest_runtest_logreport(each)
        told = f"Promise 1 of docs/security.md is not shown: protocol/test_it.py::{name} {fault}"
        assert list(promises.faults()) == ([] if fault is None else [told])
        assert bool(list(promises.wanting())) == (reports == [KERNEL])


CONFTEST = """
from tests.security.promises import Promises

def pytest_configure(config):
    config.pluginmanager.register(Promises({7: ["test_it.py::test_it"]}))
"""


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("test_it", (), 0),
        ("test_another", (), 1),
        ("test_another", ("-k", "another"), 0),
        ("test_another", ("test_it.py",), 0),
    ],
)
def test_a_whole_run_fails_where_a_promise_is_not_shown(
    tmp_path: Path, name: str, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\nmarkers = soak\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(f"def {name}(): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not soak"]
    done = subprocess.run(
        [*command, "-p", "no:playwright", "-p", "no:hypothesispytest", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stdout
    assert ("Promise 7 of docs/security.md is not shown" in done.stdout) == bool(code)
