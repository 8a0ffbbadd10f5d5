"""scripts/conformance: what counts as a fault, and that its own parts work."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conformance import clients, downloads, purposeful, run, suites
from tests.conformance.outcome import judge

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = " ".join((ROOT / "docs" / "protocol.md").read_text("utf-8").split())


def test_only_what_is_refused_on_purpose_may_be_wrong() -> None:
    errors = {"good": None, "refused": "expected 400", "wrong": "expected 200"}
    outcome = judge("suite", errors, {"refused": "on purpose"})
    assert outcome.faults == ["wrong: expected 200"]
    assert outcome.row == "| suite | 1 | 1 | 1 |"


@pytest.mark.parametrize("errors", [{"mended": None}, {}])
def test_a_refusal_that_is_none_any_more_must_leave_the_list(errors: dict[str, None]) -> None:
    outcome = judge("suite", errors, {"mended": "on purpose"})
    assert len(outcome.faults) == 1
    assert outcome.faults[0].startswith("mended: is")


def test_a_case_that_throws_after_its_end_is_wrong() -> None:
    tests = [{"fullTitle": "fine"}, {"fullTitle": "late"}]
    failures = [{"fullTitle": "late", "err": {"message": "thrown\nat line 7"}}]
    report = "a word before\n" + json.dumps({"tests": tests, "failures": failures})
    assert suites.mocha_errors(report) == {"fine": None, "late": "thrown"}


@pytest.mark.parametrize(
    ("behavior", "close", "error"),
    [
        ("OK", "OK", None),
        ("INFORMATIONAL", "OK", None),
        ("NON-STRICT", "OK", "NON-STRICT"),
        ("OK", "WRONG CODE", "WRONG CODE"),
    ],
)
def test_how_autobahn_saw_it(behavior: str, close: str, error: str | None) -> None:
    result = {"behavior": behavior, "behaviorClose": close}
    assert suites.autobahn_error(result) == error


def test_what_cannot_be_had_is_told_in_a_sentence_and_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> str:
        raise downloads.Missing("Autobahn needs what is not here.")

    monkeypatch.setattr(downloads, "python2", none)
    assert run.main(["autobahn"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| autobahn | not run | | |",
        "autobahn: Autobahn needs what is not here.",
    ]


def test_a_misspelt_part_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["autoban"]) == 2
    assert capsys.readouterr().out == ""


def test_a_story_that_stops_has_its_later_steps_wrong() -> None:
    told = 'print(\'["connect", null]\\n["join", "refused"]\'); raise SystemExit("the end")'
    found = clients.steps([sys.executable, "-c", told])
    assert found["connect"] is None
    assert found["join"] == "refused"
    assert {found[step] for step in clients.STEPS[2:]} == {"the end"}


@pytest.mark.slow
def test_the_installed_client_tells_the_story_on_every_transport(tmp_path: Path) -> None:
    installed = sysconfig.get_path("purelib")
    command = [sys.executable, "-P", str(clients.HERE / "story.py"), installed]
    outcome = clients.told("python-socketio", command, tmp_path)
    assert outcome.faults == []
    assert outcome.cases == len(clients.STEPS) * len(clients.TRANSPORTS)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["engine", "socket"])
def test_the_echo_server_starts(mode: str) -> None:
    with suites.echo_server(mode) as port:
        assert port > 0


@pytest.mark.parametrize("reason", purposeful.REASONS)
def test_the_protocol_says_what_is_refused_on_purpose(reason: str) -> None:
    assert reason in PROTOCOL


@pytest.mark.soak
def test_the_protocols_table_is_what_the_suites_find() -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(ROOT / "tests" / "conformance" / "run.py")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    if any("not run" in row for row in rows):
        pytest.skip("program: Python 2.7, npm or git's way to GitHub")
    table = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    assert [row for row in rows if row not in table] == []
