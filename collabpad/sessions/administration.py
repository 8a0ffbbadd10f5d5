"""What the host decides: settings, links, removing and admitting people, ending the session."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..errors import BadRequest, UnknownParticipant
from ..protocol.answers import Done, LinksAnswer
from ..protocol.client_events import Admit, RemoveParticipant, RotateLinks, UpdateSession
from ..protocol.enums import Action, ClosingReason, JoinPolicy, Which
from ..protocol.fields import Unset
from ..protocol.server_events import (
    ADMITTED,
    REMOVED,
    SESSION_CLOSED,
    SESSION_UPDATE,
    Admitted,
    Removed,
    SessionClosed,
    SessionUpdate,
)
from ..storage.commit import COMMITTED, Commit
from . import absence, credentials, joining, membership, roles, running, serializers
from .expiry import log_deletion
from .room import saved_or_kept
from .roster import JoinRequest, Participant
from .session import Session

_WHY = {"closed": "it was ended on request", "expired": "nobody used it for too long"}


def hash_new_passcode(session: Session, person: Participant, event: UpdateSession) -> str | None:
    """The hash of the passcode that `event` sets, or None. It is slow, so call it outside of
    `perform`. It raises if `person` may not set a passcode.
    """
    if isinstance(event.passcode, Unset) or not event.passcode:
        return None
    _require_may_update(session, person, event)
    return credentials.hash_passcode(event.passcode)


def update_session(
    session: Session,
    person: Participant,
    event: UpdateSession,
    passcode_hash: str | None = None,
) -> Done:
    """Change what `event` gives, after checking all of it.

    `passcode_hash` is what `hashed_passcode` returned.
    """
    _require_may_update(session, person, event)
    if event.language is not None:
        event = replace(event, language=session.context.runner.language(event.language).id)
    row = session.row
    changes: dict[str, object] = {
        each: value
        for each in ("title", "language", "run_policy", "join_policy")
        if (value := getattr(event, each)) is not None and value != getattr(row, each)
    }
    news = cast("SessionUpdate", dict(changes))
    if not isinstance(event.passcode, Unset):
        if event.passcode and passcode_hash is None:
            raise AssertionError("a passcode is hashed before")
        changes["passcode_hash"] = passcode_hash
        news["passcode_set"] = event.passcode is not None
    if changes:
        session.save(**changes)
        session.send_permissions()
    if event.write_mode is not None and event.write_mode is not session.roles.write_mode:
        session.change_roles(roles.write_mode_changed(session.roster, event.write_mode))
        news["write_mode"] = event.write_mode
        one_pen = "One person writes at a time" if session.pen_holder else "Everybody may write"
        session.system_message(f"{one_pen} now", person)
    if news:
        session.emit(SESSION_UPDATE, news, to=session.room)
    if event.join_policy is JoinPolicy.OPEN and session.join_requests:
        _admit_all(session)
    return {}


def _require_may_update(session: Session, person: Participant, event: UpdateSession) -> None:
    just_language = UpdateSession(session_id=event.session_id, language=event.language)
    only_language = vars(event) == vars(just_language)
    person.require(Action.SET_LANGUAGE if only_language else Action.SET_OPTIONS)
    if event.join_policy is JoinPolicy.LOCKED:
        person.require(Action.LOCK)
    if not isinstance(event.passcode, Unset):
        person.require(Action.SET_PASSCODE)
    if event.language is not None:
        session.context.runner.language(event.language)  # raises for one that is not offered


def rotate_links(
    session: Session, person: Participant, event: RotateLinks
) -> tuple[LinksAnswer, Commit]:
    person.require(Action.ROTATE_LINKS)
    saved = _rotate(session, event.which)
    return {"session_id": session.row.session_id, "view_id": session.row.view_id}, saved


def _rotate(session: Session, which: Which) -> Commit:
    """Make new links. Pages forget the old ones when they are told the new ones, so the new ones
    are saved first."""
    row, changes = session.row, {}
    if which in (Which.JOIN, Which.BOTH):
        changes["session_id"] = credentials.new_id()
    if which in (Which.VIEW, Which.BOTH):
        changes["view_id"] = credentials.new_id()
    retired = {str(getattr(row, each)) for each in changes}
    saved = session.save(**changes, retired_ids=row.retired_ids | retired)
    sent_away = [
        each
        for each in session.join_requests.values()
        if ("view_id" if each.viewer else "session_id") in changes
    ]
    for each in sent_away:
        del session.join_requests[each.id]
        session.emit(REMOVED, Removed(reason="links_changed"), to=each.sid)
    if sent_away:
        serializers.emit_join_requests(session)
    for person in session.roster.online():
        ids = serializers.public_ids(session, person)
        news: SessionUpdate = {}
        if ids["session_id"] in changes.values():
            news["session_id"] = ids["session_id"]
        if "view_id" in ids and ids["view_id"] in changes.values():
            news["view_id"] = ids["view_id"]
        if news:
            session.emit(SESSION_UPDATE, news, to=person.sids, after=saved)
    return saved_or_kept(saved)


def remove_participant(
    session: Session, person: Participant, event: RemoveParticipant
) -> tuple[Done, Commit]:
    """Remove somebody for good. Their token dies, and with `rotate` the links that they know."""
    person.require(Action.REMOVE)
    target = session.roster.find(event.participant_id)
    if target is person:
        raise BadRequest("To remove yourself, leave the session.")
    if event.rotate:
        person.require(Action.ROTATE_LINKS)
    if target.row.holds_key:
        person.require(Action.REMOVE_KEY_HOLDER)
    sids = target.sids
    membership.remove(session, target)
    session.emit(REMOVED, Removed(reason="removed"), to=sids)
    for sid in sids:
        session.disconnect(sid)
    session.system_message(f"{target.name} was removed", target)
    return {}, _rotate(session, Which.BOTH) if event.rotate else COMMITTED


def admit(session: Session, person: Participant, event: Admit) -> Done:
    """Admit or refuse a join request."""
    person.require(Action.ADMIT)
    request = session.join_requests.pop(event.participant_id, None)
    if request is None:
        raise UnknownParticipant("Nobody with this participant ID is waiting.")
    if event.allow:
        _admit(session, request)
    else:
        session.emit(REMOVED, Removed(reason="refused"), to=request.sid)
    serializers.emit_join_requests(session)
    return {}


def _admit_all(session: Session) -> None:
    for request in session.join_requests.values():
        _admit(session, request)
    session.join_requests.clear()
    serializers.emit_join_requests(session)


def _admit(session: Session, request: JoinRequest) -> None:
    person, resume, saved = joining.new_participant(
        session, request.name, viewer=request.viewer, participant_id=request.id
    )
    session.add_participant(person)
    absence.start_grace_timers(session, person)
    absence.prune_absent(session, person)
    session.emit(ADMITTED, Admitted(resume=resume), to=request.sid, after=saved)
    session.roster_changed()


def close_session(
    session: Session, person: Participant, _event: object = None
) -> tuple[Done, Commit]:
    person.require(Action.CLOSE_SESSION)
    return {}, end_session(session, "closed")


def end_session(session: Session, reason: ClosingReason) -> Commit:
    """End a session for everybody; `reason` is that of `session_closed`. Except at a shutdown the
    session is deleted, and people are told when that is done."""
    running.stop_run(session)
    session.closed = True
    deleted = COMMITTED
    if reason != "shutdown":
        log_deletion(session.row, _WHY[reason], session.context.scheduler.now())
        deleted = session.context.store.delete(session.key)
    waiting = [each.sid for each in session.join_requests.values()]
    for to in (waiting, session.room):
        session.emit(SESSION_CLOSED, SessionClosed(reason=reason), to=to, after=deleted)
    return saved_or_kept(deleted)
