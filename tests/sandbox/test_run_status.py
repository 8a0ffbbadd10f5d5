"""What the status pipes say, and what is believed of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.sandbox.run_status import RunStatus, signal_name


def told(phase: bytes = b"", status: bytes = b"") -> RunStatus:
    report = RunStatus()
    report.parse_phase(phase)
    report.parse_status(status)
    return report


@pytest.mark.parametrize(
    ("phase", "status", "outcome"),
    [
        (b"started\nstatus 3\n", b'{ "exit-code": 3 }\n', (3, None)),
        (b"started\nstatus 137\n", b'{ "exit-code": 137 }\n', (137, None)),
        (b"started\nKilled\nstatus 137\n", b'{ "exit-code": 137 }\n', (None, "SIGKILL")),
        (b"sh: line 9: 7 Killed  ( exec x )\nstatus 137\n", b"", (None, "SIGKILL")),
        (b"started\nstatus 130\n", b"", (None, "SIGINT")),
        (b"started\nstatus 141\n", b"", (None, "SIGPIPE")),
        (b"started\nstatus 200\n", b"", (200, None)),
        (b"started\nexit 137\n", b"", (137, None)),
        (b"started\nsignal 11\n", b"", (None, "SIGSEGV")),
        (b"started\n", b'{ "exit-code": 9 }\n', (9, None)),
        (b"started\n", b'{ "exit-code": 143 }\n', (None, "SIGTERM")),
        (b"started\n", b"", (None, "SIGKILL")),
    ],
)
def test_outcomes(phase: bytes, status: bytes, outcome: tuple[int | None, str | None]) -> None:
    assert told(phase, status).outcome() == outcome


def test_words_may_come_in_pieces() -> None:
    report = RunStatus()
    for piece in (b"star", b"ted\nrun", b"ning\n", b"status ", b"0\n"):
        assert report.parse_phase(piece)
    assert (report.started, report.running, report.outcome()) == (True, True, (0, None))


def test_the_first_process_is_told_once() -> None:
    report = RunStatus()
    report.parse_status(b'{ "child-pid": 12, "net-namespace": 4026532180 }\n')
    report.parse_status(b'{ "child-pid": 1 }\n')
    assert report.init == 12


def test_who_talks_too_much_is_not_listened_to() -> None:
    report = RunStatus()
    heard = [report.parse_phase(b"status 0\n" * 100) for _ in range(10)]
    assert heard[0]
    assert not heard[-1]


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_nonsense_does_no_harm(phase: bytes, status: bytes) -> None:
    code, name = told(phase, status).outcome()
    assert (code is None) == (name is not None)


@given(st.sampled_from([b"3", b"[]", b'"x"', b"null", b'{"child-pid": "x"}', b'{"exit-code": []}']))
def test_json_that_is_something_else_does_no_harm(line: bytes) -> None:
    assert told(b"started\n", line + b"\n").init is None


def test_signals_have_names() -> None:
    assert signal_name(9) == "SIGKILL"
    assert signal_name(0) is None
    assert signal_name(9999) is None
