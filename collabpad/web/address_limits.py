"""Limits by network address: connections, wrong guesses, new sessions, and runs.

`--no-rate-limits` switches all of them off. People behind one address share these counts, so no
limit ever keeps somebody out of a session whose ID, key or passcode they have.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

import gevent
from gevent.lock import BoundedSemaphore

from ..errors import RateLimited, TooManyMisses
from ..settings import Settings
from ..wire.client_addresses import ConnectionCounter, client_network
from .rate_limiter import Rate, TokenBucket

V = TypeVar("V")

MOST_ADDRESSES: Final = 10_000
"""Addresses that are remembered. Beyond that, those idle for longest are forgotten."""
FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 8.0
"""Seconds until the answer to a wrong guess. The page waits for an answer for 15."""
LONGEST_PENALTY: Final = 3600.0
FORGIVEN_AFTER: Final = 60.0
"""Seconds without a wrong guess after which the delays start again."""
SHORTEST_RUN: Final = 1.0
"""Seconds that an address must have left to start a program."""
MOST_DELAYED_REQUESTS: Final = 32
"""Delayed HTTP answers to one address at a time. Further wrong guesses are answered at once."""
_NEWCOMERS_PER_SECOND = 1.0


class Penalty(NamedTuple):
    """The cost of a wrong guess beyond the limit: its answer comes `delay` seconds later, and its
    connection may not try again before the time `until`."""

    delay: float
    until: float


class RecentAddresses(Generic[V]):
    """A value for each of the most recently used addresses."""

    def __init__(self, make: Callable[[], V]) -> None:
        self._make = make
        self._values: OrderedDict[str, V] = OrderedDict()

    def __getitem__(self, address: str) -> V:
        value = self._values.get(address)
        if value is None:
            value = self._values[address] = self._make()
            if len(self._values) > MOST_ADDRESSES:
                self._values.popitem(last=False)
        else:
            self._values.move_to_end(address)
        return value

    def __len__(self) -> int:
        return len(self._values)


class BruteForceGuard:
    """Delays the wrong guesses of one address: wrong IDs, keys, tokens and passcodes.

    Guesses beyond the limit wait for one another, `LONGEST_DELAY` apart, however many connections
    they come on: guessing on many at once is no faster.
    """

    def __init__(self, per_minute: int) -> None:
        self._rate = Rate(per_minute / 60, per_minute)
        self._bucket: TokenBucket | None = None
        self._beyond = 0
        self._missed_at = 0.0
        self._turn_at = 0.0

    def miss(self, now: float) -> float | None:
        """Count a wrong guess. Returns the delay of its answer, or None below the limit."""
        if self._bucket is None:
            self._bucket = TokenBucket(self._rate, now)
        if now - self._missed_at > FORGIVEN_AFTER:
            self._beyond = 0
        self._missed_at = now
        if not self._bucket.take(now):
            return None
        self._beyond += 1
        return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self._beyond - 1, 10))

    def miss_in_turn(self, now: float) -> Penalty | None:
        """Count a wrong guess on a connection, which then waits for its turn."""
        delay = self.miss(now)
        if delay is None:
            return None
        self._turn_at = min(max(self._turn_at, now) + delay, now + LONGEST_PENALTY)
        return Penalty(delay=min(self._turn_at - now, LONGEST_DELAY), until=self._turn_at)


@dataclass(slots=True)
class _Queue:
    """Connections of one address that wait to do something expensive, one at a time."""

    lock: BoundedSemaphore
    users: int = 0


class AddressLimits:
    """The limits of all addresses. `now` is in seconds, by a monotonic clock."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.rate_limits
        self._settings = settings
        self._connections, self._delayed = ConnectionCounter(), ConnectionCounter()
        self._queues: dict[str, _Queue] = {}
        created = Rate(settings.sessions_per_hour / 3600, settings.sessions_per_hour)
        running = Rate(settings.run_seconds_per_minute / 60, settings.run_seconds_per_minute)
        self._guesses = RecentAddresses(lambda: BruteForceGuard(settings.guesses_per_minute))
        newcomers = Rate(_NEWCOMERS_PER_SECOND, settings.newcomers_at_once)
        self._newcomers = RecentAddresses(lambda: TokenBucket(newcomers, 0.0))
        self._created = RecentAddresses(lambda: TokenBucket(created, 0.0))
        self._running = RecentAddresses(lambda: TokenBucket(running, 0.0))

    # --- connections ------------------------------------------------------------------------------

    def connect(self, address: str) -> None:
        """Count a connection; raises `RateLimited` when there are too many."""
        network = client_network(address)
        if self._on and self._connections.count(network) >= self._settings.connections_per_address:
            raise RateLimited("Too many connections from your address: close some.", 5.0)
        self._connections.add(network)

    def disconnect(self, address: str) -> None:
        self._connections.remove(client_network(address))

    # --- guessing ---------------------------------------------------------------------------------

    def miss(self, address: str, now: float) -> Penalty | None:
        """Count a wrong ID, key or passcode on a connection. Returns None below the limit."""
        return self._guesses[client_network(address)].miss_in_turn(now) if self._on else None

    def miss_by_request(self, address: str, now: float) -> None:
        """Count a wrong ID, key or token in a request. Raises `RateLimited` beyond the limit."""
        network = client_network(address)
        delay = self._guesses[network].miss(now) if self._on else None
        if delay is None:
            return
        if self._delayed.count(network) < MOST_DELAYED_REQUESTS:
            self._delayed.add(network)
            try:
                gevent.sleep(delay)
            finally:
                self._delayed.remove(network)
        raise too_many_misses(delay)

    @contextmanager
    def queued(self, address: str) -> Iterator[None]:
        """One at a time per address, so that checking passcodes takes only its share of CPU."""
        network = client_network(address)
        queue = self._queues.setdefault(network, _Queue(BoundedSemaphore()))
        queue.users += 1
        try:
            with queue.lock if self._on else nullcontext():
                yield
        finally:
            queue.users -= 1
            if not queue.users:
                del self._queues[network]

    # --- newcomers --------------------------------------------------------------------------------

    @contextmanager
    def newcomer(self, network: str, now: float) -> Iterator[None]:
        """Count a newcomer who joins inside this block, unless the join is refused.

        Raises `RateLimited` beyond the limit: each newcomer takes a place and is remembered.
        """
        bucket = self._newcomers[network]
        wait = bucket.take(now) if self._on else 0.0
        if wait:
            raise RateLimited("Many people come in from your address: wait a moment.", wait)
        try:
            yield
        except BaseException:
            bucket.give_back(1.0 if self._on else 0.0)
            raise

    # --- what is made and run ---------------------------------------------------------------------

    def create_session(self, address: str, now: float) -> None:
        """Count a new session. Raises `RateLimited` if the address made too many."""
        wait = self._created[client_network(address)].take(now) if self._on else 0.0
        if wait:
            most = self._settings.sessions_per_hour
            raise RateLimited(
                f"Your address has made {most} sessions within the hour: use one of them, "
                f"or wait {_duration(wait)}.",
                wait,
            )

    @contextmanager
    def run(self, address: str, now: float) -> Iterator[Callable[[float], None]]:
        """Run a program inside this block, and call the result with the seconds it took.

        Raises `RateLimited` if the address has used up its time.
        """
        bucket = self._running[client_network(address)]
        most = self._settings.run_seconds_per_minute
        wanted = min(self._settings.run_timeout, most) if self._on else 0.0
        reserved = min(wanted, SHORTEST_RUN)
        wait = bucket.take(now, reserved)
        if wait:
            raise RateLimited(
                f"Your address may run programs for {most:g} seconds a minute: wait "
                f"{_duration(wait)}, or run them in a session.",
                wait,
            )
        reserved += bucket.take_up_to(wanted - reserved)
        used = [0.0]
        try:
            yield used.append
        finally:
            bucket.give_back(reserved - used[-1] if self._on else 0.0)


def too_many_misses(wait: float) -> TooManyMisses:
    return TooManyMisses(
        "Too many wrong IDs, keys or passcodes came from your address: "
        f"check yours, and wait {_duration(wait)}.",
        wait,
    )


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} minutes"
