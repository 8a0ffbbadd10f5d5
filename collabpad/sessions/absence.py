"""People who are away: what they keep, for how long, and how many of them are remembered."""

from __future__ import annotations

from contextlib import suppress
from weakref import ref

from ..errors import UnknownSession
from . import roles, serializers
from .roster import Participant
from .session import Session

_MAX_ABSENT = 200  # remembered by a session: of people with the join link, and as many viewers


def start(session: Session, person: Participant) -> None:
    """Handle the loss of a person's last connection."""
    scheduler = session.context.scheduler
    stayed = person.row.stayed + scheduler.monotonic() - person.here_since
    session.save_participant(person, stayed=stayed, seen_at=scheduler.now())
    person.absences += 1
    start_grace_timers(session, person)
    prune_absent(session, person)


def start_grace_timers(session: Session, person: Participant) -> None:
    """Start the times after which an absent person loses the pen, the host's seat and their line in
    the roster. They keep their place."""
    settings, absence = session.context.settings, person.absences

    def still_away() -> bool:
        return (
            session.roster.get(person.id) is person
            and not person.online
            and person.absences == absence
        )

    def pen_expires() -> None:
        if still_away() and session.roles.pen_id == person.id:
            session.change_roles(roles.pen_released(session.roster))

    def host_expires() -> None:
        if still_away() and session.roles.host_id == person.id:
            session.change_roles(roles.host_expired(session.roster))
            if session.join_requests:
                serializers.emit_join_requests(session)

    session.call_later(settings.pen_grace, pen_expires)
    session.call_later(settings.host_grace, host_expires)
    _leave_the_roster_later(session, person)


def _leave_the_roster_later(session: Session, person: Participant) -> None:
    """Holds the session weakly, so that this timer does not keep it in memory."""
    watched, person_id, number = ref(session), person.id, person.absences

    def due() -> None:
        session = watched()
        person = session.roster.get(person_id) if session else None
        if session is None or person is None or person.online or person.absences != number:
            return
        with suppress(UnknownSession), session.perform():
            person.listed = False
            session.roster_changed()

    session.context.scheduler.call_later(session.context.settings.roster_grace, due)


def start_all_grace_timers(session: Session) -> None:
    """Grace times start anew with the server. People who had left the roster stay out of it."""
    context = session.context
    shown_from = context.scheduler.now() - context.settings.roster_grace
    for person in session.roster:
        if person.online:
            continue
        person.listed = person.row.seen_at is None or person.row.seen_at > shown_from
        if person.listed or person.id in (session.roles.host_id, session.roles.pen_id):
            start_grace_timers(session, person)


def prune_absent(session: Session, but: Participant) -> None:
    """Forget absent people beyond the limit, those with the shortest stay first; never `but`."""
    away = session.roster.absent(viewers=but.viewer)
    keep = {session.roles.host_id, session.roles.pen_id, but.id}
    dispensable = [each for each in away if each.id not in keep and not each.row.holds_key]
    dispensable.sort(key=lambda each: _claim(session, each))
    for person in dispensable[: max(0, len(away) - _MAX_ABSENT)]:
        session.roster.remove(person)
        session.context.store.delete_participant(session.key, person.id)
        session.roster_changed()


def _claim(session: Session, person: Participant) -> tuple[bool, float]:
    """Sort key: the first is forgotten first. People who were just let in come last."""
    if person.fresh:
        return person.listed, 0.0
    row = person.row
    if row.seen_at is None:  # was here when the server stopped; for how long is unknown
        return False, max(0.0, session.row.active_at - row.joined_at)
    return False, row.stayed
