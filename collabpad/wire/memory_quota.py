"""A limit on the memory that all clients together make the server use."""

from __future__ import annotations


class MemoryQuota:
    """A number of bytes for all clients, `taken` of which are in use."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    def take(self, amount: int) -> bool:
        """Reserve `amount` bytes; a negative amount releases them.

        Returns False if that is too much. The bytes still count as taken until they are released.
        """
        self.taken += amount
        return amount <= 0 or self.taken <= self._limit
