"""The places that runs take, and the line of those that wait for one."""

from __future__ import annotations

from collections.abc import Iterator

from gevent.event import Event

from ..errors import Busy


class Ticket:
    """One run's right to a place, now or when its turn comes."""

    def __init__(self) -> None:
        self._changed = Event()
        self.before: int | None = None  # None: it has its place
        self.cancelled = False

    def move(self, before: int | None) -> None:
        self.before = before
        self._changed.set()

    def cancel(self) -> None:
        """Stop waiting."""
        self.cancelled = True
        self._changed.set()

    def turns(self) -> Iterator[int]:
        """Yield how many are before this one, again when that changes, until the place is free."""
        while self.before is not None and not self.cancelled:
            self._changed.clear()
            yield self.before
            self._changed.wait()


class Places:
    """`count` places, and room for `waiting` more that are served first come, first served."""

    def __init__(self, count: int, waiting: int) -> None:
        self._free = count
        self._waiting = waiting
        self._line: list[Ticket] = []

    def take(self) -> Ticket:
        """Take a place or a position in the line; raises Busy when the line is full."""
        ticket = Ticket()
        if self._free > 0:
            self._free -= 1
        elif len(self._line) < self._waiting:
            ticket.move(len(self._line))
            self._line.append(ticket)
        else:
            raise Busy("Too many programs are running or waiting; try again in a moment.")
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Free the ticket's place for the next, or its position in the line."""
        if ticket.before is not None:
            self._line.remove(ticket)
        elif self._line:
            self._line.pop(0).move(None)
        else:
            self._free += 1
        for before, waiting in enumerate(self._line):
            if waiting.before != before:
                waiting.move(before)
