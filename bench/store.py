"""What keeping costs: acknowledgement latency, throughput, loading and compaction.

    python bench/store.py [--folder FOLDER] [--seconds 2]

Runs in gevent, as the server does. FOLDER is on the disk to be measured; a temporary folder is made
in it. "busy" is a loop that spends half of its time on other work, sending as a fan-out does.
"""

from __future__ import annotations

# ruff: noqa: E402  everything below has to see the patched modules
from gevent import monkey

monkey.patch_all()

import argparse
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import gevent
import pycrdt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from collabpad.sessions.document import Document
from collabpad.settings import Limits
from collabpad.storage.commit import Commit
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import Roles, SessionRow, StoredSession, UpdateRow
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from collabpad.storage.store import Store

KEY = "k" * 22
AUTHOR = "p" * 22
UPDATE_BYTES = 27  # of a typed character as Yjs has it
BUSY_SECONDS = 0.001


def session(updates: tuple[UpdateRow, ...] = ()) -> StoredSession:
    row = SessionRow(
        key=KEY,
        session_id="s" * 22,
        view_id="v" * 22,
        host_key_hash="h" * 43,
        title="A session",
        language="python",
        created_at=0.0,
        active_at=0.0,
    )
    return StoredSession(session=row, roles=Roles(), updates=updates)


def row(seq: int, data: bytes = bytes(UPDATE_BYTES)) -> UpdateRow:
    return UpdateRow(seq=seq, participant_id=AUTHOR, at=time.time(), data=data)


@contextmanager
def opened(folder: Path, *, strict: bool = False) -> Iterator[SqliteStore]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        store = SqliteStore(Path(place) / FILE_NAME, strict=strict)
        try:
            yield store
        finally:
            store.close()


@dataclass
class Latencies:
    """Seconds from asking for a write to being told that it is kept."""

    seconds: list[float] = field(default_factory=list)

    def note(self, start: float) -> Callable[[Commit], None]:
        return lambda _commit: self.seconds.append(time.perf_counter() - start)

    def ms(self, percent: int) -> float:
        return statistics.quantiles(self.seconds, n=100)[percent - 1] * 1000


def keep_busy() -> None:
    one, other = socket.socketpair()

    def take() -> None:
        while other.recv(65536):
            pass

    gevent.spawn(take)
    while True:
        end = time.perf_counter() + BUSY_SECONDS
        while time.perf_counter() < end:
            sum(range(1000))
            one.sendall(bytes(100))
        gevent.sleep(BUSY_SECONDS)


def type_at(store: Store, rate: float, seconds: float) -> tuple[Latencies, float]:
    """So many updates a second; the latencies, and the CPU in µs that an update took."""
    latencies = Latencies()
    cpu, start = time.process_time(), time.perf_counter()
    for seq in range(1, round(rate * seconds) + 1):
        gevent.sleep(max(0.0, start + seq / rate - time.perf_counter()))
        store.append_update(KEY, row(seq)).then(latencies.note(time.perf_counter()))
    store.settled(KEY).wait()
    return latencies, (time.process_time() - cpu) / len(latencies.seconds) * 1e6


def print_latencies(folder: Path, seconds: float) -> None:
    """The CPU is that of the whole loop; in memory nothing but the loop itself is measured."""
    print(f"{'updates a second':<28}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs an update':>18}")
    in_memory = MemoryStore()
    in_memory.create(session())
    latencies, cpu = type_at(in_memory, 100, seconds)
    print(f"{'100, in memory':<28}{latencies.ms(50):9.2f}{latencies.ms(99):9.2f}{cpu:18.0f}")
    for rate, busy, strict in [
        (20, False, False),
        (100, False, False),
        (1000, False, False),
        (100, True, False),
        (100, False, True),
    ]:
        with opened(folder, strict=strict) as store:
            store.create(session()).wait()
            other = gevent.spawn(keep_busy) if busy else None
            latencies, cpu = type_at(store, rate, seconds)
            if other is not None:
                other.kill()
        name = f"{rate}{', busy' if busy else ''}{', strict' if strict else ''}"
        shown = "" if busy else f"{cpu:18.0f}"
        print(f"{name:<28}{latencies.ms(50):9.2f}{latencies.ms(99):9.2f}{shown}")


def write_side_by_side(store: Store, writers: int, seconds: float) -> Latencies:
    """Each writer waits for its update to be kept before it writes the next."""
    store.create(session()).wait()
    latencies, seqs, end = Latencies(), count(1), time.perf_counter() + seconds

    def write() -> None:
        while time.perf_counter() < end:
            start = time.perf_counter()
            store.append_update(KEY, row(next(seqs))).wait()
            latencies.seconds.append(time.perf_counter() - start)

    gevent.joinall([gevent.spawn(write) for _ in range(writers)], raise_error=True)
    return latencies


def print_throughput(folder: Path, seconds: float) -> None:
    print(f"\n{'writers, each waiting':<28}{'updates/s':>9}{'p50 ms':>9}")
    for writers in (1, 10, 100):
        with opened(folder) as store:
            latencies = write_side_by_side(store, writers, seconds)
        print(f"{writers:<28}{len(latencies.seconds) / seconds:9.0f}{latencies.ms(50):9.2f}")


def typed(length: int, *, scattered: bool) -> list[bytes]:
    """Updates of single characters, at the end or anywhere."""
    random = Random(1)
    doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    text = doc.get("content", type=pycrdt.Text)
    made: list[bytes] = []
    subscription = doc.observe(lambda event: made.append(event.update))
    for at in range(length):
        text.insert(random.randint(0, at) if scattered else at, "x")
    doc.unobserve(subscription)
    return made


def timed_ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def bring_to_life(store: Store) -> Document:
    stored = store.load(KEY)
    if stored is None:
        raise AssertionError("the session is there")
    return Document(Limits(), stored.document, stored.seq)


def print_loading(folder: Path) -> None:
    print(f"\n{'updates in a session':<28}{'load ms':>9}{'compact ms':>11}{'load ms then':>14}")
    for length, scattered in ((100, False), (500, False), (5000, False), (500, True), (5000, True)):
        made = typed(length, scattered=scattered)
        rows = tuple(row(seq, data) for seq, data in enumerate(made, start=1))
        with opened(folder) as store:
            store.create(session(rows)).wait()
            before = min(timed_ms(lambda: bring_to_life(store)) for _ in range(3))
            document = bring_to_life(store)
            compacting = timed_ms(
                lambda: store.compact(KEY, document.seq, document.snapshot()).wait()  # noqa: B023
            )
            after = min(timed_ms(lambda: bring_to_life(store)) for _ in range(3))
        name = f"{length}{', anywhere' if scattered else ', at the end'}"
        print(f"{name:<28}{before:9.1f}{compacting:11.1f}{after:14.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    options = parser.parse_args()
    print_latencies(options.folder, options.seconds)
    print_throughput(options.folder, options.seconds)
    print_loading(options.folder)


if __name__ == "__main__":
    main()
