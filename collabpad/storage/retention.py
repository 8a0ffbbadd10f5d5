"""Which of a document's history is forgotten when its log is compacted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple


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
