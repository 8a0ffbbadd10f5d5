"""The places that runs take, and the line of those that wait for one."""

from __future__ import annotations

from collections.abc import Iterator

from gevent.event import Event

from ..errors import Busy

SUSPENDED_PER_SLOT = 8  # programs that wait for input; each holds its memory all the while


class Slot:
    """One run's right to a place, now or when its turn comes."""

    def __init__(self) -> None:
        self._changed = Event()
        self.before: int | None = None  # None: it has its place
        self.cancelled = False
        self.suspended = False  # it has no place for as long as its program waits for input

    def move(self, before: int | None) -> None:
        self.before = before
        self._changed.set()

    def cancel(self) -> None:
        """Stop waiting."""
        self.cancelled = True
        self._changed.set()

    def positions(self) -> Iterator[int]:
        """Yield how many are before this one, again when that changes, until the place is free."""
        while self.before is not None and not self.cancelled:
            self._changed.clear()
            yield self.before
            self._changed.wait()


class FairSemaphore:
    """`count` semaphore, and room for `waiting` more that are served first come, first served.

    A program that waits for input uses nothing but memory: it steps aside, so that a few open
    dialogues do not keep everybody else waiting. When it goes on it has a place at once, even if
    that is for a moment one too many: it would have had it all along.
    """

    def __init__(self, count: int, waiting: int) -> None:
        self._free = count  # below 0: so many have come back before a place was free
        self._room_for_suspended = count * SUSPENDED_PER_SLOT
        self._waiting = waiting
        self._line: list[Slot] = []

    def acquire(self) -> Slot:
        """Take a place or a position in the line; raises Busy when the line is full."""
        slot = Slot()
        if self._free > 0:
            self._free -= 1
        elif len(self._line) < self._waiting:
            slot.move(len(self._line))
            self._line.append(slot)
        else:
            raise Busy("Too many programs are running or waiting; try again in a moment.")
        return slot

    def release(self, slot: Slot) -> None:
        """Free the slot's place for the next, or its position in the line."""
        if slot.before is not None:
            self._line.remove(slot)
        elif slot.suspended:
            slot.suspended = False
            self._room_for_suspended += 1
        else:
            self._free += 1
        self._move_up()

    def suspend(self, slot: Slot) -> None:
        """Let others have the slot's place, as far as so many may wait aside."""
        if self._room_for_suspended > 0 and not slot.suspended:
            slot.suspended = True
            self._room_for_suspended -= 1
            self._free += 1
            self._move_up()

    def resume(self, slot: Slot) -> None:
        """Take a place again."""
        if slot.suspended:
            slot.suspended = False
            self._room_for_suspended += 1
            self._free -= 1

    def _move_up(self) -> None:
        while self._line and self._free > 0:
            self._free -= 1
            self._line.pop(0).move(None)
        for before, waiting in enumerate(self._line):
            if waiting.before != before:
                waiting.move(before)
