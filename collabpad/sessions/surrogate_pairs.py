"""Where the document has surrogate pairs, so that no update splits one.

Yjs counts in UTF-16 units, in which a character beyond U+FFFF is a pair; yrs keeps whole
characters. A change between the two halves makes their texts differ for good (y-crdt 399).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

Id = tuple[int, int]
"""A client and the clock of one of its UTF-16 units."""

_PAIR = re.compile("[\U00010000-\U0010ffff]")


class SurrogatePairs:
    """The clocks of the second halves of all pairs in a text, by client."""

    __slots__ = ("halves",)

    def __init__(self) -> None:
        self.halves: dict[int, array[int]] = {}

    def copy(self) -> SurrogatePairs:
        other = SurrogatePairs()
        other.halves = {client: halves[:] for client, halves in self.halves.items()}
        return other

    def add(self, client: int, clock: int, text: str) -> None:
        """Add what `client` typed from `clock` on, after everything that it typed before."""
        pairs = enumerate(_PAIR.finditer(text), start=clock + 1)
        if found := array("Q", (before + pair.start() for before, pair in pairs)):
            self.halves.setdefault(client, array("Q")).extend(found)

    def take(self, other: SurrogatePairs, state: Mapping[int, int]) -> None:
        """Add the pairs of an update, except those that are in `state` already."""
        for client, halves in other.halves.items():
            new = halves[bisect_right(halves, state.get(client, 0)) :]
            if new:
                self.halves.setdefault(client, array("Q")).extend(new)

    def splits_at(self, client: int, clock: int) -> bool:
        """Whether `clock` is the second half of a pair, so that a cut before it splits the pair."""
        halves = self.halves.get(client)
        if halves is None:
            return False
        index = bisect_left(halves, clock)
        return index < len(halves) and halves[index] == clock

    def remove(self, client: int, ranges: Iterable[Id]) -> None:
        """Forget deleted pairs; the ranges of clocks must be in order."""
        halves = self.halves.get(client)
        if halves is None:
            return
        gone: list[Id] = []
        at = 0
        for start, end in ranges:
            first = bisect_left(halves, start, at)
            at = bisect_left(halves, end, first)
            if at > first:
                gone.append((first, at))
        if len(gone) == 1:
            ((first, at),) = gone
            del halves[first:at]
        elif gone:
            left, at = array("Q"), 0
            for first, after in gone:
                left += halves[at:first]
                at = after
            self.halves[client] = halves = left + halves[at:]
        if not halves:
            del self.halves[client]
