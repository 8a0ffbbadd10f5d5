"""How long one address may run programs."""

from __future__ import annotations

import pytest

from collabpad.errors import RateLimited
from collabpad.runs import allowance
from collabpad.runs.allowance import Allowance


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(allowance, "monotonic", lambda: now[0])
    return now


def test_what_is_spent_comes_back_in_a_minute(clock: list[float]) -> None:
    ten = Allowance(10.0)
    ten.require("ann")
    ten.charge("ann", 9.9)
    ten.require("ann")
    ten.charge("ann", 3.1)
    with pytest.raises(RateLimited) as refused:
        ten.require("ann")
    assert refused.value.retry_after == pytest.approx(18.0)
    ten.require("ben")
    clock[0] += refused.value.retry_after + 0.1
    ten.require("ann")


def test_nothing_is_saved_up(clock: list[float]) -> None:
    ten = Allowance(10.0)
    ten.charge("ann", 1.0)
    clock[0] += 3600
    ten.charge("ann", 10.0)
    with pytest.raises(RateLimited):
        ten.require("ann")


def test_addresses_are_forgotten_before_they_fill_the_memory(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "_MOST_ADDRESSES", 3)
    ten = Allowance(10.0)
    for address in range(5):
        ten.charge(address, 20.0)
    ten.require(0)
    with pytest.raises(RateLimited):
        ten.require(4)
