"""How evenly gevent's loop ticks while a store is busy; prints JSON.

    python -m gevent.monkey --module tests.storage.ticking DATABASE

`gap_ms` is the longest time without a tick while the store worked, in the best of some rounds, and
without the time in which this process wanted a processor that other programs had.
`blocked_ticks` counts the ticks for which the store's thread stood still.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
from gevent.monkey import get_original

from collabpad.storage.sqlite import SqliteStore
from tests.storage.makers import message, stored, update, updates

ENOUGH_MS = 20.0
MOST_SECONDS = 30.0
LARGE = 4 * 2**20


def own_time() -> float:
    """Seconds, less those that the threads of this process waited for a processor (proc(5))."""
    waited = 0
    for each in Path("/proc/self/task").glob("*/schedstat"):
        waited += int(each.read_text().split()[1])
    return time.perf_counter() - waited / 1e9


class Ticks:
    def __init__(self) -> None:
        self.count, self.longest = 0, 0.0

    def run(self) -> None:
        last = own_time()
        while True:
            gevent.sleep(0.001)
            now = own_time()
            self.count, self.longest = self.count + 1, max(self.longest, now - last)
            last = now


@contextmanager
def ticking() -> Iterator[Ticks]:
    ticks = Ticks()
    greenlet = gevent.spawn(ticks.run)
    gevent.sleep(0)
    yield ticks
    greenlet.kill()


def work(store: SqliteStore, key: str) -> None:
    """What a store has to do, and much of it."""
    store.create(stored(key, updates=updates(1, 2000))).wait()
    store.compact(key, 2000, [bytes(LARGE)]).wait()
    for seq in range(2001, 2501):
        store.append_update(key, update(seq, bytes(range(256)) * 8))
        commit = store.append_message(key, message(seq), cap=200)
        gevent.sleep(0)
        if seq == 2500:
            commit.wait()
    store.compact(key, 2500, [bytes(LARGE)]).wait()
    loaded = store.load(key)
    assert loaded is not None
    assert loaded.seq == 2500
    assert sum(1 for _ in store.history(key).updates) == 2500
    store.delete(key).wait()


def longest_gap_ms(store: SqliteStore) -> float:
    best, end = float("inf"), time.monotonic() + MOST_SECONDS
    round_number = 0
    while best >= ENOUGH_MS and time.monotonic() < end:
        round_number += 1
        with ticking() as ticks:
            work(store, f"key-{round_number}")
        best = min(best, ticks.longest * 1000)
    return best


def ticks_while_blocked(store: SqliteStore) -> int:
    """Have the store's thread stand still until the loop has ticked on ten times."""
    with ticking() as ticks:

        def stand_still(_db: object) -> int:
            while ticks.count < 10:
                get_original("time", "sleep")(0.001)
            return ticks.count

        return store._worker.read("", stand_still)


def main() -> None:
    store = SqliteStore(Path(sys.argv[1]))
    figures = {"gap_ms": longest_gap_ms(store), "blocked_ticks": ticks_while_blocked(store)}
    store.close()
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
