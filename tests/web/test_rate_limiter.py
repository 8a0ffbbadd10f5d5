"""The pace of one connection."""

from __future__ import annotations

import pytest

from collabpad.errors import RateLimited
from collabpad.web.rate_limiter import RateLimiter

RATES = {
    "doc_update": (300, 100),
    "code_change": (300, 100),
    "presence": (40, 20),
    "send_message": (5, 1),
    "rename": (5, 1),
    "doc_check": (5, 0.5),
    "join_session": (40, 10),
    "no such event": (40, 10),
    "": (40, 10),
}


def refused(pace: RateLimiter, event: str, now: float) -> bool:
    try:
        pace.check(event, now)
    except RateLimited:
        return True
    return False


@pytest.mark.parametrize("event", RATES)
def test_so_many_at_once_and_so_many_a_second(event: str) -> None:
    burst, per_second = RATES[event]
    pace = RateLimiter()
    assert not any(refused(pace, event, 0.0) for _ in range(burst))
    assert refused(pace, event, 0.0)
    later = 0.0
    for _ in range(100):
        later += 1 / per_second
        assert not refused(pace, event, later)
    assert refused(pace, event, later)


def test_one_kind_does_not_use_up_anothers() -> None:
    pace = RateLimiter()
    while not refused(pace, "presence", 0.0):
        pass
    assert not refused(pace, "doc_update", 0.0)
    assert not refused(pace, "request_write", 0.0)


def test_three_strikes_of_five_and_it_is_over() -> None:
    pace = RateLimiter()
    refusals = 0
    while not pace.exhausted:
        refusals += refused(pace, "send_message", 0.0)
    assert refusals == 15


def test_a_pause_forgives() -> None:
    pace = RateLimiter()
    for start in (0.0, 11.0, 22.0):
        refusals = 0
        while refusals < 14:
            refusals += refused(pace, "send_message", start)
        assert not pace.exhausted
