"""How fast one client may do things; switched off by `--no-rate-limits`.

The numbers suit fifty people behind one address, typing, holding a key down and pasting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from flask import request

from ..errors import RateLimited, UnknownSession
from ..sessions.membership import Door
from ..sessions.registry import Registry
from ..sessions.session import Session
from ..settings import Settings


class Rate(NamedTuple):
    """So many a second in the long run, `burst` of them at once."""

    per_second: float
    burst: float


_EDITS = Rate(100, 300)
_CARET = Rate(20, 40)
_CHAT = Rate(1, 5)
_OTHERS = Rate(10, 40)
_EVENT_RATES: Final[Mapping[str, tuple[str, Rate]]] = {
    "doc_update": ("edits", _EDITS),
    "code_change": ("edits", _EDITS),
    "presence": ("caret", _CARET),
    "send_message": ("chat", _CHAT),
}
_REFUSALS_A_STRIKE = 5
_STRIKES = 3
_FORGIVEN_AFTER = 10.0  # seconds without a refusal

_GUESSES = Rate(10 / 60, 10)
_CONNECTIONS = 300  # at a time, from one address
_FORGET_ADDRESSES = 10_000


class Bucket:
    """A token bucket."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate, self._left, self._at = rate, rate.burst, now

    def take(self, now: float) -> float:
        """0 where there is room, else the seconds until there will be."""
        elapsed = max(0.0, now - self._at)
        self._left = min(self._rate.burst, self._left + elapsed * self._rate.per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate.per_second
        self._left -= 1
        return 0.0


class Pace:
    """The rates of one connection."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._refusals = 0
        self._refused_at = 0.0

    def check(self, event: str, now: float) -> None:
        """Raises `RateLimited` for an event that comes too fast."""
        kind, rate = _EVENT_RATES.get(event, ("others", _OTHERS))
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = Bucket(rate, now)
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


class Addresses:
    """What is counted by network address: connections, and misses of those who guess."""

    def __init__(self) -> None:
        self._connections: Counter[str] = Counter()
        self._guesses: dict[str, Bucket] = {}

    def connect(self, address: str) -> None:
        if self._connections[address] >= _CONNECTIONS:
            raise RateLimited("Too many connections from your address; close some.", 5.0)
        self._connections[address] += 1

    def disconnect(self, address: str) -> None:
        self._connections[address] -= 1
        if self._connections[address] <= 0:
            del self._connections[address]

    def miss(self, address: str, now: float) -> None:
        """Count a wrong ID, key or passcode; raises `RateLimited` when there were too many."""
        bucket = self._guesses.get(address)
        if bucket is None:
            if len(self._guesses) >= _FORGET_ADDRESSES:
                self._guesses.clear()
            bucket = self._guesses[address] = Bucket(_GUESSES, now)
        wait = bucket.take(now)
        if wait:
            raise RateLimited("Too many wrong tries from your address; wait a minute.", wait)


def find_or_count(
    settings: Settings, registry: Registry, addresses: Addresses, public_id: str
) -> tuple[Session, Door]:
    """The session that the current request names; a wrong ID counts as a guess."""
    try:
        return registry.find(public_id)
    except UnknownSession:
        if settings.rate_limits:
            address = str(request.environ.get("collabpad.address", ""))
            addresses.miss(address, registry.world.scheduler.now())
        raise
