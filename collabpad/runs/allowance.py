"""How long programs may run for one address that has no session, in any minute.

What is counted is the time that a program has its place, for that is what it takes from others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

from ..errors import RateLimited

WINDOW = 60.0  # seconds in which a spent allowance comes back
_MOST_ADDRESSES = 10_000


class Allowance:
    """`seconds` of running a minute for each address; what is not used is not saved up."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._spent: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def require(self, address: Hashable) -> None:
        """Raise RateLimited, with the time to wait, if an address has spent its allowance."""
        over = self._spent_now(address) - self._seconds
        if over >= 0:
            wait = max(over * WINDOW / self._seconds, 1.0)
            raise RateLimited("Too much has been run from your address; wait a little.", wait)

    def charge(self, address: Hashable, seconds: float) -> None:
        """Count a run that has ended."""
        self._spent[address] = (self._spent_now(address) + seconds, monotonic())
        self._spent.move_to_end(address)
        if len(self._spent) > _MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _spent_now(self, address: Hashable) -> float:
        spent, at = self._spent.get(address, (0.0, 0.0))
        return max(0.0, spent - (monotonic() - at) * self._seconds / WINDOW)
