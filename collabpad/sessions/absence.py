"""Who is away: what they keep for how long, and who of them is remembered."""

from __future__ import annotations

from contextlib import suppress
from weakref import ref

from ..errors import UnknownSession
from . import describe, roles
from .people import Participant
from .session import Session

_MOST_AWAY = 200  # of those who came by the join link, and of viewers, whom a session remembers


def begin(session: Session, person: Participant) -> None:
    """The last connection of `person` is gone."""
    scheduler = session.world.scheduler
    stayed = person.row.stayed + scheduler.monotonic() - person.here_since
    session.save_person(person, stayed=stayed, seen_at=scheduler.now())
    person.absences += 1
    begin_graces(session, person)
    forget_beyond_the_most(session, person)


def begin_graces(session: Session, person: Participant) -> None:
    """Start the times after which somebody who is away loses the pen, the seat and their line in
    the roster; they keep their place."""
    settings, absence = session.world.settings, person.absences

    def still_away() -> bool:
        return (
            session.people.get(person.id) is person
            and not person.online
            and person.absences == absence
        )

    def pen_expires() -> None:
        if still_away() and session.roles.pen_id == person.id:
            session.change_roles(roles.pen_free(session.people))

    def host_expires() -> None:
        if still_away() and session.is_host(person):
            session.change_roles(roles.host_expired(session.people))
            if session.waiting:
                describe.tell_waiting(session)

    session.later(settings.pen_grace, pen_expires)
    session.later(settings.host_grace, host_expires)
    _leave_the_roster_later(session, person)


def _leave_the_roster_later(session: Session, person: Participant) -> None:
    """A session that leaves memory meanwhile is not kept there for it."""
    watched, person_id, number = ref(session), person.id, person.absences

    def due() -> None:
        session = watched()
        person = session.people.get(person_id) if session else None
        if session is None or person is None or person.online or person.absences != number:
            return
        with suppress(UnknownSession), session.perform():
            person.listed = False
            session.roster_changed()

    session.world.scheduler.later(session.world.settings.roster_grace, due)


def begin_all_graces(session: Session) -> None:
    """The times start anew with the server, but who had left the roster before stays out of it."""
    world = session.world
    shown_from = world.scheduler.now() - world.settings.roster_grace
    for person in session.people:
        if person.online:
            continue
        person.listed = person.row.seen_at is None or person.row.seen_at > shown_from
        if person.listed or person.id in (session.roles.host_id, session.roles.pen_id):
            begin_graces(session, person)


def forget_beyond_the_most(session: Session, but: Participant) -> None:
    """Forget absent people beyond the limit, those who stayed shortest first, but never `but`."""
    away = session.people.away(viewers=but.viewer)
    keep = {session.roles.host_id, session.roles.pen_id, but.id}
    dispensable = [each for each in away if each.id not in keep and not each.row.holds_key]
    dispensable.sort(key=lambda each: _claim(session, each))
    for person in dispensable[: max(0, len(away) - _MOST_AWAY)]:
        session.people.remove(person)
        session.world.store.delete_participant(session.key, person.id)
        session.roster_changed()


def _claim(session: Session, person: Participant) -> tuple[bool, float]:
    """What is forgotten first sorts first; people who were just let in come last."""
    if person.fresh:
        return person.listed, 0.0
    row = person.row
    if row.seen_at is None:  # was here when the server stopped, nobody knows for how long
        return False, max(0.0, session.row.active_at - row.joined_at)
    return False, row.stayed
