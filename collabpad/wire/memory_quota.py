"""A bound on what many clients together may make the server hold."""

from __future__ import annotations


class MemoryQuota:
    """So many bytes for everybody; `taken` of them are in use."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    def take(self, amount: int) -> bool:
        """Reserve `amount` bytes (negative: give back).

        False when that is too much; the bytes count as taken all the same, until given back.
        """
        self.taken += amount
        return amount <= 0 or self.taken <= self._limit
