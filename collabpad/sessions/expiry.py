"""Finds the sessions that were unused for too long.

Ages are counted by the time of day, because servers are stopped in between. But clocks are set and
machines sleep: time that jumped while the server ran is not added to any age, and for an hour after
a jump or the start no session is too old.
"""

from __future__ import annotations

import logging
from typing import Final

from ..storage.records import SessionRow
from ..storage.store import Store
from .context import Scheduler

DAY: Final = 24 * 60 * 60.0
QUIET_SECONDS: Final = 3600.0
"""For so long after the start or a jump of the clock no session is too old."""
JUMP_SECONDS: Final = 60.0
"""The two clocks may drift apart by so much before it counts as a jump."""
ASLEEP_SECONDS: Final = 300.0
"""If the clocks were not read for longer than this, the machine slept or was stopped."""

log = logging.getLogger(__name__)


class Expiry:
    """Compares the time of day with a clock that never jumps; called once in a while."""

    def __init__(self, scheduler: Scheduler, store: Store, days: float) -> None:
        self._scheduler = scheduler
        self._store = store
        self._seconds = days * DAY
        now, steady = scheduler.now(), scheduler.monotonic()
        self._difference = now - steady
        self._checked_at = steady
        self._quiet_until = steady + QUIET_SECONDS

    def idle(self) -> list[SessionRow]:
        """The sessions that were unused for too long; none while that is uncertain."""
        now, steady = self._scheduler.now(), self._scheduler.monotonic()
        self._detect_clock_jump(now, steady)
        if steady < self._quiet_until or not self._store.saving:
            return []
        return self._store.idle(now - self._seconds)

    def _detect_clock_jump(self, now: float, steady: float) -> None:
        jump = now - steady - self._difference
        asleep = steady - self._checked_at
        self._checked_at = steady
        if abs(jump) <= JUMP_SECONDS:
            jump = 0.0
        else:
            self._difference += jump
        told = "The clock jumped forwards by" if jump > 0 else "The clock jumped backwards by"
        if asleep > ASLEEP_SECONDS:
            jump, told = jump + asleep, "This machine slept, or its clock jumped, for"
        if not jump:
            return
        self._quiet_until = steady + QUIET_SECONDS
        if jump > 0:
            self._store.spare(jump)
        log.warning(
            "%s %s: nothing is deleted for its age within an hour", told, human_duration(abs(jump))
        )


def log_deletion(row: SessionRow, why: str, now: float) -> None:
    """Log every deletion: which session, how old it was, and why."""
    log.info(
        "Deleted session %s… (made %s ago, last used %s ago): %s",
        row.session_id[:6],
        human_duration(now - row.created_at),
        human_duration(now - row.active_at),
        why,
    )


def human_duration(seconds: float) -> str:
    """A length of time in words."""
    for size, unit in ((DAY, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    number = max(0, int(seconds))
    return f"{number} second{'' if number == 1 else 's'}"
