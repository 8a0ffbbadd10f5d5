"""pytest with a summary of what was not tested, and why; all arguments are pytest's.

A skipped test's reason begins with what was wanting: `kernel:` a feature of the kernel or a right
(user namespaces, Landlock, root), `platform:` another system, `program:` something that can be
installed. In CI (the variable CI is set) only the first two are accepted: any other skip fails the
run, for there everything that can be installed is.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ACCEPTED = {"kernel": "Missing kernel features", "platform": "For other systems"}
PROGRAMS = "Missing programs"
OTHERS = "Skipped for other reasons"
BYTECODE = Path(__file__).resolve().parent.parent / ".venv" / "bytecode"


def keep_bytecode() -> None:
    """Keep what Python compiles, for the tests, their workers and the servers that they start.

    Where PYTHONDONTWRITEBYTECODE is set, all of them would compile everything each time, which is
    half of the whole time. The checkout stays clean of it.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BYTECODE)
    sys.dont_write_bytecode = False


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test, or a whole file of them, was skipped."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


class Untested:
    """Collects the skips of a run, and tells them just before pytest's closing line."""

    def __init__(self, *, strict: bool, failed_checks: str) -> None:
        self.strict = strict
        self.failed_checks = failed_checks
        self.reasons: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Take note of a report if it is a skip (an expected failure is none)."""
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        kind, separator, what = reason_of(report).partition(":")
        if separator and kind in ACCEPTED:
            self.reasons[ACCEPTED[kind]][what.strip()] += 1
        elif separator and kind == "program":
            self.reasons[PROGRAMS][what.strip()] += 1
        else:
            self.reasons[OTHERS][reason_of(report)] += 1

    @property
    def forbidden(self) -> bool:
        """Whether something was skipped that must not be in CI."""
        return self.strict and any(self.reasons[title] for title in (PROGRAMS, OTHERS))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.add(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.forbidden and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if any(self.reasons.values()):
            terminalreporter.section("not tested")
        for title in (*ACCEPTED.values(), PROGRAMS, OTHERS):
            for what, number in sorted(self.reasons[title].items()):
                terminalreporter.line(f"{title}: {what} ({number} skipped)")
        if self.forbidden:
            terminalreporter.line("In CI nothing may be skipped but for the kernel.", red=True)
        if self.failed_checks:
            terminalreporter.section("other checks")
            terminalreporter.line(f"FAILED: {self.failed_checks}", red=True)


if __name__ == "__main__":
    keep_bytecode()
    untested = Untested(
        strict=bool(os.environ.get("CI")),
        failed_checks=os.environ.pop("COLLABPAD_FAILED_CHECKS", ""),
    )
    sys.exit(pytest.main(["-r", "fE", *sys.argv[1:]], plugins=[untested]))
