"""When a document's log is compacted, and which of its history is then forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from ..units import KIB
from .records import StoredSession

# Loading a document takes about 25 µs an update (bench/store.py), so that a log of this length is
# read in some 15 ms. A large snapshot is not worth writing for so few: it costs its own size.
DUE_AFTER_UPDATES: Final = 500
DUE_AFTER_BYTES: Final = 256 * KIB
SNAPSHOT_BYTES_AN_UPDATE: Final = 1 * KIB


@dataclass(slots=True)
class Log:
    """What there is of a document: the size of its snapshot, and the updates after it."""

    seq: int = 0
    updates: int = 0
    bytes: int = 0
    snapshot_bytes: int = 0

    @classmethod
    def of(cls, stored: StoredSession) -> Log:
        return cls(
            seq=stored.seq,
            updates=len(stored.updates),
            bytes=sum(len(each.data) for each in stored.updates),
            snapshot_bytes=sum(map(len, stored.snapshot.parts)) if stored.snapshot else 0,
        )

    @property
    def due(self) -> bool:
        """Whether it should be compacted."""
        many = DUE_AFTER_UPDATES + self.snapshot_bytes // SNAPSHOT_BYTES_AN_UPDATE
        return self.updates >= many or self.bytes >= DUE_AFTER_BYTES + self.snapshot_bytes

    def grow(self, seq: int, size: int) -> None:
        """One more update. Raises ValueError where it is not the next one."""
        if seq != self.seq + 1:
            raise ValueError(f"update {seq} cannot follow update {self.seq}")
        self.seq = seq
        self.updates += 1
        self.bytes += size

    def shrink(self, seq: int, snapshot_bytes: int) -> None:
        """A snapshot replaces the updates up to `seq`. Raises ValueError for what did not come."""
        if seq > self.seq:
            raise ValueError(f"no snapshot can hold update {seq} after update {self.seq}")
        self.updates, self.bytes, self.snapshot_bytes = self.seq - seq, 0, snapshot_bytes


class Chunk(NamedTuple):
    """A chunk of history: its first update, its bytes, and those of the base that it brings along.

    `base` is None where it has none; the very first chunk needs none.
    """

    first_seq: int
    data: int
    base: int | None = None

    @property
    def size(self) -> int:
        return self.data + (self.base or 0)


class Plan(NamedTuple):
    """What to do with a new chunk: keep a base with it, and keep only what starts at `keep_from`.

    `keep_from` is None where nothing at all can be kept.
    """

    with_base: bool
    keep_from: int | None


def plan(old: Sequence[Chunk], new: Chunk, cap: int) -> Plan:
    """How to add `new`, which names the base that it could have, to `old` within `cap` bytes.

    History can be read only from a chunk with a base, or from the first. A base is kept whenever
    the chunks since the last one have become as large as it is: bases take at most half the room.
    """
    since = 0
    for chunk in reversed(old):
        since += chunk.data
        if chunk.base is not None:
            break
    with_base = new.base is not None and (not old or since >= new.base)
    added = new.size if with_base else new.data
    first = old[0].first_seq if old else new.first_seq
    total = sum(chunk.size for chunk in old) + added
    if total <= cap:
        return Plan(with_base, first)
    forgotten = accumulate((chunk.size for chunk in old), initial=0)
    for chunk, before in zip(old, forgotten, strict=False):
        if chunk.base is not None and total - before <= cap:
            return Plan(with_base, chunk.first_seq)
    return Plan(new.base is not None, new.first_seq if new.size <= cap else None)
