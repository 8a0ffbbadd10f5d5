"""The pen, muting and the host's seat: asking, giving, taking back, and turns."""

from __future__ import annotations

from ..errors import BadRequest, Forbidden, UnknownParticipant
from ..protocol.answers import Done
from ..protocol.client_events import (
    GrantWrite,
    RevokeWrite,
    RotationSkip,
    SetRotation,
    TransferHost,
)
from ..protocol.enums import Action, WriteMode
from ..protocol.server_events import WRITE_REQUESTED, WRITE_REVOKED, WriteRevoked
from ..protocol.views import Person
from . import roles, serializers
from .roster import Participant
from .session import Session


def request_write(session: Session, person: Participant, _event: object = None) -> Done:
    """Ask for the pen; asking twice, or while writing, changes nothing."""
    person.require(Action.REQUEST_WRITE)
    if person.may(Action.WRITE) or person.row.wants_write is not None:
        return {}
    session.save_participant(person, wants_write=_asking_since(session))
    session.change_roles(roles.pen_requested(session.roster))
    session.roster_changed()
    if person.may(Action.WRITE):
        return {}
    news: Person = {"participant_id": person.id, "name": person.name}
    deciders = session.roster.sids_that_may(Action.GRANT_WRITE, but=person)
    session.emit(WRITE_REQUESTED, news, to=deciders)
    return {}


def _asking_since(session: Session) -> float:
    """Now, but later than all earlier requests: their order survives a clock that is set back."""
    others = (each.row.wants_write for each in session.roster)
    earlier = [each for each in others if each is not None]
    return max([session.context.scheduler.now(), *(each + 0.001 for each in earlier)])


def cancel_request(session: Session, person: Participant, _event: object = None) -> Done:
    if person.row.wants_write is not None:
        session.save_participant(person, wants_write=None)
        session.roster_changed()
    return {}


def release_write(session: Session, person: Participant, _event: object = None) -> Done:
    """Give the pen back to the host."""
    person.require(Action.RELEASE_WRITE)
    session.change_roles(roles.pen_released(session.roster))
    return {}


def grant_write(session: Session, person: Participant, event: GrantWrite) -> Done:
    """Hand the pen over, or in `open` mode unmute."""
    person.require(Action.GRANT_WRITE)
    target = session.roster.find(event.participant_id)
    _require_able(target, "write")
    if session.roles.write_mode is WriteMode.HANDOFF:
        _require_here(target)
    if target.row.wants_write is not None:
        session.save_participant(target, wants_write=None)
        session.roster_changed()
    holder = session.pen_holder
    session.change_roles(roles.write_granted(target))
    if holder is not target:
        _tell_revoked(session, holder, by=person)
    return {}


def revoke_write(session: Session, person: Participant, event: RevokeWrite) -> Done:
    """Take the pen back, or in `open` mode mute."""
    person.require(Action.REVOKE_WRITE)
    target = session.roster.find(event.participant_id)
    could_write = target.may(Action.WRITE)
    if session.roles.write_mode is WriteMode.OPEN:
        session.change_roles(roles.participant_muted(target))
    elif session.roles.pen_id == target.id:
        session.change_roles(roles.pen_released(session.roster))
    if could_write and not target.may(Action.WRITE):
        _tell_revoked(session, target, by=person)
    return {}


def _tell_revoked(session: Session, writer: Participant | None, *, by: Participant) -> None:
    """Tell a person who lost the right to write who took it, unless it was their own doing."""
    if writer is None or writer is by:
        return
    news: WriteRevoked = {"participant_id": by.id, "name": by.name}
    holder = session.pen_holder
    if holder is not None and holder is not by:
        news["to"] = holder.name
    session.emit(WRITE_REVOKED, news, to=writer.sids)


def transfer_host(session: Session, person: Participant, event: TransferHost) -> Done:
    person.require(Action.TRANSFER_HOST)
    target = session.roster.find(event.participant_id)
    _require_able(target, "be the host")
    _require_here(target)
    if target is not person:
        session.change_roles(roles.host_transferred(session.roster, target))
        if session.join_requests:
            serializers.emit_join_requests(session)
    return {}


def set_rotation(session: Session, person: Participant, event: SetRotation) -> Done:
    """Switch turns on or off, pause or resume them, or set their order."""
    person.require(Action.SET_ROTATION)
    if event.minutes is not None and session.roles.write_mode is WriteMode.OPEN:
        raise BadRequest("Turns need one writer at a time.")
    before = session.roles
    step = roles.rotation_set(event.minutes, held=event.paused, order=event.order)
    session.change_roles(step)
    if event.minutes != before.rotation:
        session.system_message(_turns_news(event.minutes), person)
    elif session.roles.rotation_held != before.rotation_held:
        told = "paused the turns" if session.roles.rotation_held else "resumed the turns"
        session.system_message(f"{person.name} {told}", person)
    return {}


def _turns_news(minutes: int | None) -> str:
    if minutes is None:
        return "The pen no longer goes around"
    often = "minute" if minutes == 1 else f"{minutes} minutes"
    return f"The pen now goes around every {often}"


def rotation_next(session: Session, person: Participant, _event: object = None) -> Done:
    """Pass the pen on now, without waiting for the end of the turn."""
    person.require(Action.ROTATION_NEXT)
    _require_turns(session)
    holder = session.pen_holder
    if not session.advance_rotation():
        raise BadRequest("Nobody else here could take the pen.")
    if session.pen_holder is not holder:
        _tell_revoked(session, holder, by=person)
    return {}


def rotation_skip(session: Session, person: Participant, event: RotationSkip) -> Done:
    """Pass over somebody's next turn, once. The host may do this, and that person."""
    target = session.roster.find(event.participant_id)
    person.require(Action.SKIP_OWN_TURN if target is person else Action.SKIP_ANY_TURN)
    _require_turns(session)
    _require_able(target, "take a turn")
    if session.pen_holder is target:
        raise BadRequest(f"{target.name} has the pen: pass it on instead.")
    session.rotation = session.rotation.skipping(target.id)
    session.refresh_rotation()
    return {}


def _require_turns(session: Session) -> None:
    if session.roles.rotation is None:
        raise BadRequest("Turns are off in this session.")


def _require_able(target: Participant, what: str) -> None:
    if not target.may(Action.TAKE_OVER):
        raise Forbidden(f"{target.name} joined by the view link and cannot {what}.")


def _require_here(target: Participant) -> None:
    if not target.online:
        raise UnknownParticipant(f"{target.name} is not here now.")
