"""One limit for everything that clients have not read yet.

Each connection has its own limit, which a slow link may come near. Three hundred connections near
theirs would take gigabytes.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol


class Holder(Hashable, Protocol):
    """A connection with a backlog."""

    def abort(self) -> None:
        """End at once, without waiting, and remove everything held."""


class SendBuffers:
    """Counts the bytes held for all connections; a frame for many counts once. Beyond `limit`, cuts
    off the connection that holds the most."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._shares: dict[Holder, int] = {}
        self._references: dict[int, int] = {}
        self.taken = 0

    def add(self, holder: Holder, frame: object, size: int) -> None:
        """`holder` keeps `frame` of `size` bytes until `remove`."""
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
