"""How fast one connection may send events. `--no-rate-limits` switches this off.

The numbers suit fifty people who type, hold a key down, and paste.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..errors import RateLimited


class Rate(NamedTuple):
    """So many per second in the long run, and `burst` at once."""

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
    "rename": ("chat", _CHAT),  # it writes a line into the chat
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
        """Take `amount` and return 0, or return the seconds until there is enough."""
        elapsed = max(0.0, now - self._at)
        self._left = min(self._rate.burst, self._left + elapsed * self._rate.per_second)
        self._at = now
        if self._left < amount - 1e-9:  # rounding of floats
            return (amount - self._left) / self._rate.per_second
        self._left -= amount
        return 0.0

    def take_up_to(self, amount: float) -> float:
        """Take at most `amount`, just after `take`, and return how much that was."""
        taken = min(amount, max(0.0, self._left))
        self._left -= taken
        return taken

    def give_back(self, amount: float) -> None:
        """Return what is not needed. A negative amount is a debt."""
        self._left = min(self._rate.burst, self._left + amount)


class RateLimiter:
    """The token buckets of one connection."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}
        self._refusals = 0
        self._refused_at = 0.0

    def check(self, event: str, now: float) -> None:
        """Raises `RateLimited` if this event comes too soon."""
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
        """Whether the client ignored so many refusals that its connection should end."""
        return self._refusals >= _REFUSALS_A_STRIKE * _STRIKES
