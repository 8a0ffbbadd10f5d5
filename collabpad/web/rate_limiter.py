"""How fast one connection may do things; switched off by `--no-rate-limits`.

The numbers suit fifty people, typing, holding a key down and pasting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..errors import RateLimited


class Rate(NamedTuple):
    """So many a second in the long run, `burst` of them at once."""

    per_second: float
    burst: float


_EDITS = Rate(100, 300)
_CARET = Rate(20, 40)
_CHAT = Rate(1, 5)
_CHECKS = Rate(0.5, 5)
_OTHERS = Rate(10, 40)
_EVENT_RATES: Final[Mapping[str, tuple[str, Rate]]] = {
    "doc_update": ("edits", _EDITS),
    "code_change": ("edits", _EDITS),
    "doc_check": ("checks", _CHECKS),
    "presence": ("caret", _CARET),
    "send_message": ("chat", _CHAT),
    "rename": ("chat", _CHAT),  # a line in the chat, too
}
_REFUSALS_A_STRIKE = 5
_STRIKES = 3
_FORGIVEN_AFTER = 10.0  # seconds without a refusal


class TokenBucket:
    """A token bucket."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate, self._left, self._at = rate, rate.burst, now

    def take(self, now: float, amount: float = 1.0) -> float:
        """0 where there is room, else the seconds until there will be."""
        elapsed = max(0.0, now - self._at)
        self._left = min(self._rate.burst, self._left + elapsed * self._rate.per_second)
        self._at = now
        if self._left < amount - 1e-9:  # what floats lose
            return (amount - self._left) / self._rate.per_second
        self._left -= amount
        return 0.0

    def take_up_to(self, amount: float) -> float:
        """What there is of it at this moment, just after `take`."""
        taken = min(amount, max(0.0, self._left))
        self._left -= taken
        return taken

    def give_back(self, amount: float) -> None:
        """What was taken and is not needed; a negative amount is a debt."""
        self._left = min(self._rate.burst, self._left + amount)


class RateLimiter:
    """The rates of one connection."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}
        self._refusals = 0
        self._refused_at = 0.0

    def check(self, event: str, now: float) -> None:
        """Raises `RateLimited` for an event that comes too fast."""
        kind, rate = _EVENT_RATES.get(event, ("others", _OTHERS))
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = TokenBucket(rate, now)
        wait = bucket.take(now)
        if not wait:
            return
        if now - self._refused_at > _FORGIVEN_AFTER:
            self._refusals = 0
        self._refusals += 1
        self._refused_at = now
        raise RateLimited("Too fast: wait a moment, then go on.", wait)

    @property
    def exhausted(self) -> bool:
        """Whether the client has gone on for so long that its connection should end."""
        return self._refusals >= _REFUSALS_A_STRIKE * _STRIKES
