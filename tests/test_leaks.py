"""The search through every story's log finds what it is for."""

from __future__ import annotations

import pytest

from tests.leaks import Known, faults

KEY = "hV5-Qm0_Xt7yB2nR9sKcJ4wEzUaGfL1oPdT8iMvN6qY"
RECORD = "2026-11-23 01:02:03 INFO    {} 200\n"


@pytest.mark.parametrize(
    "payload",
    [
        {"host_key": KEY},
        {"session": {"view_id": KEY}},
        {"message": f"\n  {KEY} \nand more"},
        {"run": {"output": KEY}},
    ],
)
def test_what_is_known_is_found_in_records_alone(payload: dict[str, object]) -> None:
    known = Known()
    known.note(payload)
    assert known.leaked(RECORD.format(f"GET /{KEY}")) == [KEY]
    assert known.leaked(RECORD.format(f"GET /{KEY[:6]}…")) == []
    assert known.leaked(f"For you: http://127.0.0.1/?token={KEY}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        "thread '<unnamed>' panicked at src/update.rs:85:55:",
        "2026-11-23 01:02:03 ERROR   join_session failed: KeyError",
        "2026-11-23T01:02:03Z <Greenlet at 0x7f> failed with KeyError",
        "Exception ignored in: <function>",
    ],
)
def test_faults_are_found(line: str) -> None:
    assert faults(RECORD.format("GET /") + line + "\n" + RECORD.format("GET /")) == [line]
