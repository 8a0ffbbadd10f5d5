"""Turns with the pen: the clock that sends it on to the next, and what of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..storage.base import Roles
from . import roles as rules
from .clock import iso

if TYPE_CHECKING:
    from .session import Session

WARNING = 30.0  # seconds before the pen goes on


def pen_since(roles: Roles) -> str | None:
    """Since when the pen is where it is, as it travels."""
    return None if roles.pen_since is None else iso(roles.pen_since)


class Turns:
    """The clock of one session: it counts while somebody could take the pen and nothing runs.

    How long a turn is, is among the session's roles; the time that is left of it is only here, so
    that a turn starts anew with the server.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._left = 0.0  # seconds, when the clock was last set going or held
        self._counting_since: float | None = None
        self._alarm = 0  # counts up whenever the clock changes, so that a timer knows its own
        self._told: tuple[object, ...] | None = None
        self._warned: str | None = None  # who was said to be next, half a minute before
        self._news: dict[str, object] = {}
        self._start_over()

    @property
    def _minutes(self) -> int | None:
        return self._session.roles.rotation

    @property
    def _next_id(self) -> str | None:
        person = self._session.people.next_in_turn(self._session.roles.pen_id)
        return None if person is None else person.id

    @property
    def _remaining(self) -> float:
        if self._counting_since is None:
            return self._left
        gone = self._session.world.scheduler.monotonic() - self._counting_since
        return max(0.0, self._left - gone)

    def view(self) -> dict[str, object] | None:
        """`session.rotation`, as it travels."""
        if self._minutes is None:
            return None
        return {
            "minutes": self._minutes,
            "next_id": self._next_id,
            "remaining": round(self._remaining, 1),
            "paused": not self._may_count(),
        }

    def roles_changed(self, old: Roles, new: Roles) -> None:
        """Whoever has the pen now has a whole turn, and so has everybody after a new agreement."""
        if (old.pen_id, old.rotation) != (new.pen_id, new.rotation):
            self._start_over()
            self.look()
        if old.pen_since != new.pen_since:
            self._keep_to_tell({"pen_since": pen_since(new)})

    def look(self) -> None:
        """People or runs have changed: set the clock going, or hold it; tell what is new."""
        may_count = self._may_count()
        if may_count and self._counting_since is None:
            self._counting_since = self._session.world.scheduler.monotonic()
            self._wind()
        elif not may_count and self._counting_since is not None:
            self._left, self._counting_since = self._remaining, None
            self._alarm += 1
            self._warned = None
        told = None
        if self._minutes is not None:
            told = (self._minutes, self._next_id, may_count, self._alarm)
        if told != self._told:
            self._told = told
            self._keep_to_tell({"rotation": self.view()})
        self._warn_if_due()

    def tell(self) -> None:
        """Say what has changed; the session calls it after the roster that it goes with."""
        news, self._news = self._news, {}
        if news:
            self._session.say("session_update", news, to=self._session.everybody)

    def _keep_to_tell(self, news: dict[str, object]) -> None:
        self._news.update(news)
        self._session.tell_soon()

    def _may_count(self) -> bool:
        return self._minutes is not None and self._next_id is not None and self._session.run is None

    def _start_over(self) -> None:
        self._left, self._counting_since = (self._minutes or 0) * 60.0, None
        self._alarm += 1
        self._warned = None

    def _wind(self) -> None:
        self._alarm += 1
        alarm = self._alarm
        if self._left > WARNING:
            self._session.later(self._left - WARNING, self._warn_if_due)
        self._session.later(self._left, lambda: self._go_on(alarm))

    def _warn_if_due(self) -> None:
        """Say once to whom the pen goes soon; again where that has changed or the clock stood."""
        if self._counting_since is None or self._remaining > WARNING + 0.5:
            return
        person = self._session.people.get(self._next_id)
        if person is None or person.id == self._warned:
            return
        self._warned = person.id
        seconds = max(1, round(self._remaining))
        news = {"participant_id": person.id, "name": person.name, "seconds": seconds}
        self._session.say("rotation_soon", news, to=self._session.everybody)

    def _go_on(self, alarm: int) -> None:
        person = self._session.people.get(self._next_id)
        if alarm == self._alarm and person is not None:
            self._session.change_roles(rules.granted(person))
