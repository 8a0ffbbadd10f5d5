"""Turns with the pen: the clock that sends it on to the next, and what of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.enums import Activity
from ..protocol.server_events import ROTATION_SOON, SESSION_UPDATE, RotationSoon, SessionUpdate
from ..protocol.views import RotationView
from ..storage.records import Roles
from . import roles as rules
from .roster import Participant
from .timestamps import iso

if TYPE_CHECKING:
    from .session import Session

WARNING = 30.0  # seconds before the pen goes on


def pen_since(roles: Roles) -> str | None:
    """Since when the pen is where it is, as it travels."""
    return None if roles.pen_since is None else iso(roles.pen_since)


class Rotation:
    """The clock of one session: it counts while somebody could take the pen and nothing runs.

    How long a turn is, is among the session's roles; the time that is left of it is only here, so
    that a turn starts anew with the server.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._left = 0.0  # seconds, when the clock was last set going or held
        self._counting_since: float | None = None
        self._generation = 0  # counts up whenever the clock changes, so that a timer knows its own
        self._skipped: set[str] = set()  # whose next turn is passed over
        self._told: tuple[object, ...] | None = None
        self._warned: str | None = None  # who was said to be next, half a minute before
        self._news: SessionUpdate = {}
        self._start_over()

    @property
    def _minutes(self) -> int | None:
        return self._session.roles.rotation

    @property
    def _line(self) -> list[Participant]:
        """Who could take the pen, in the order of their turns."""
        roles = self._session.roles
        return self._session.roster.next_in_rotation(roles.pen_id, roles.rotation_order)

    @property
    def _next_id(self) -> str | None:
        person = self._first_unskipped(self._line)
        return None if person is None else person.id

    def _first_unskipped(self, line: list[Participant]) -> Participant | None:
        """The holder keeps the pen for another turn where all the others are passed over."""
        if not line:
            return None
        ready = next((each for each in line if each.id not in self._skipped), None)
        return ready or self._session.pen_holder

    @property
    def _remaining(self) -> float:
        if self._counting_since is None:
            return self._left
        gone = self._session.context.scheduler.monotonic() - self._counting_since
        return max(0.0, self._left - gone)

    def view(self) -> RotationView | None:
        """`session.rotation`, as it travels."""
        if self._minutes is None:
            return None
        return {
            "minutes": self._minutes,
            "next_id": self._next_id,
            "remaining": round(self._remaining, 1),
            "paused": not self._may_count(),
            "held": self._session.roles.rotation_held,
            "order": list(self._session.roles.rotation_order),
        }

    def roles_changed(self, old: Roles, new: Roles) -> None:
        """Whoever has the pen now has a whole turn, and so has everybody after a new agreement."""
        if new.rotation is None:
            self._skipped.clear()
        self._skipped.discard(new.pen_id or "")
        if (old.pen_id, old.rotation) != (new.pen_id, new.rotation):
            self._start_over()
        self.refresh()
        if old.pen_since != new.pen_since:
            self._keep_to_tell({"pen_since": pen_since(new)})

    def refresh(self) -> None:
        """People or runs have changed: set the clock going, or hold it; tell what is new."""
        may_count = self._may_count()
        if may_count and self._counting_since is None:
            self._counting_since = self._session.context.scheduler.monotonic()
            self._schedule()
        elif not may_count and self._counting_since is not None:
            self._left, self._counting_since = self._remaining, None
            self._generation += 1
            self._warned = None
        told = None
        if self._minutes is not None:
            chosen = (self._session.roles.rotation_order, self._session.roles.rotation_held)
            told = (self._minutes, self._next_id, may_count, self._generation, chosen)
        if told != self._told:
            self._told = told
            self._keep_to_tell({"rotation": self.view()})
        self._warn_if_due()

    def broadcast(self) -> None:
        """Say what has changed; the session calls it after the roster that it goes with."""
        news, self._news = self._news, {}
        if news:
            self._session.emit(SESSION_UPDATE, news, to=self._session.room)

    def _keep_to_tell(self, news: SessionUpdate) -> None:
        self._news.update(news)
        self._session.broadcast_soon()

    def _may_count(self) -> bool:
        if self._minutes is None or self._session.roles.rotation_held:
            return False
        return self._next_id is not None and self._session.run is None

    def _start_over(self) -> None:
        self._left, self._counting_since = (self._minutes or 0) * 60.0, None
        self._generation += 1
        self._warned = None

    def _schedule(self) -> None:
        self._generation += 1
        generation = self._generation
        if self._left > WARNING:
            self._session.call_later(self._left - WARNING, self._warn_if_due)

        def turn_ends() -> None:
            if generation == self._generation:
                self.advance()

        self._session.call_later(self._left, turn_ends)

    def _warn_if_due(self) -> None:
        """Say once to whom the pen goes soon; again where that has changed or the clock stood.

        Whoever is not at it is asked by that: `go_on` passes them over if they stay so.
        """
        if self._counting_since is None or self._remaining > WARNING + 0.5:
            return
        person = self._session.roster.get(self._next_id)
        if person is None or person.id == self._warned:
            return
        self._warned = person.id
        seconds = max(1, round(self._remaining))
        news: RotationSoon = {
            "participant_id": person.id,
            "name": person.name,
            "seconds": seconds,
        }
        if _absent_minded(person):
            news["idle"] = True
        self._session.emit(ROTATION_SOON, news, to=self._session.room)

    def skip(self, person: Participant) -> None:
        """Pass the person's next turn over."""
        self._skipped.add(person.id)
        self.refresh()

    def advance(self) -> bool:
        """The pen goes to the next; False where nobody else is here.

        Those whose turn was to be skipped are passed over, and those who are not at it: whoever
        has the pen keeps it for one more turn where that leaves nobody.
        """
        line = self._line
        if not line:
            return False
        ready = next((each for each in line if self._is_ready(each)), None)
        passed = line if ready is None else line[: line.index(ready)]
        for each in passed:
            if each.id not in self._skipped:
                self._session.system_message(f"{each.name} is not at it and was passed over", each)
        self._skipped -= {each.id for each in passed}
        if ready is None:
            self._start_over()
            self.refresh()
        else:
            self._session.change_roles(rules.write_granted(ready))
        return True

    def _is_ready(self, person: Participant) -> bool:
        return person.id not in self._skipped and not _absent_minded(person)


def _absent_minded(person: Participant) -> bool:
    return person.activity is not Activity.ACTIVE
