"""What clients have not read yet: bounded for all of them together.

Each connection has a bound of its own, which a slow link may well come near; three hundred
connections near theirs would be gigabytes.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol


class Holder(Hashable, Protocol):
    """One who has a backlog."""

    def abort(self) -> None:
        """End at once, without waiting, and remove what is held."""


class SendBuffers:
    """Counts what is held for everybody, a frame that goes to many once, and cuts off whoever
    holds the most when that is more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._shares: dict[Holder, int] = {}
        self._references: dict[int, int] = {}
        self.taken = 0

    def add(self, holder: Holder, frame: object, size: int) -> None:
        """`holder` keeps `frame`, and with it `size` bytes, until `remove`."""
        references = self._references.get(id(frame), 0)
        self._references[id(frame)] = references + 1
        if not references:
            self.taken += size
        self._shares[holder] = self._shares.get(holder, 0) + size
        while self.taken > self._limit and self._shares:
            largest = max(self._shares, key=self._shares.__getitem__)
            largest.abort()
            self._shares.pop(largest, None)

    def remove(self, holder: Holder, frame: object, size: int) -> None:
        references = self._references.pop(id(frame)) - 1
        if references:
            self._references[id(frame)] = references
        else:
            self.taken -= size
        share = self._shares.get(holder, 0) - size
        if share > 0:
            self._shares[holder] = share
        else:
            self._shares.pop(holder, None)
