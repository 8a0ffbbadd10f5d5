"""Coming and going: join, resume, leave, lose the connection, be renamed."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadRequest, Forbidden, PasscodeRequired, SessionFull, UnknownSession, Waiting
from ..protocol.answers import Done, JoinAnswer, RenameAnswer, Welcome
from ..protocol.client_events import JoinSession, Rename
from ..protocol.enums import Action, JoinPolicy
from ..protocol.fields import encode_bytes
from ..protocol.server_events import (
    CHAT_HISTORY,
    CODE_UPDATE,
    JOIN_REQUESTED,
    PRESENCE,
    REMOVED,
    ChatHistory,
    CodeUpdate,
    Removed,
)
from ..protocol.views import Person
from ..storage.records import ParticipantRow
from . import absence, awareness, credentials, editing, roles, serializers
from .roster import Connection, JoinRequest, Participant
from .session import Session

_MAX_JOIN_REQUESTS = 50
_MAX_TABS = 8  # connections that one participant may have


@dataclass(frozen=True)
class JoinLink:
    """By which link somebody comes: `public_id` is what they named."""

    public_id: str
    viewer: bool
    retired: bool = False


def passcode_needs_hashing(session: Session, event: JoinSession) -> bool:
    """Whether `passcode_given` will take a slow hash."""
    kept = session.row.passcode_hash
    return kept is not None and event.passcode is not None and not credentials.is_known(kept)


def verified_passcode(session: Session, event: JoinSession) -> str | None:
    """The kept form of the passcode that `event` rightly gives, or None.

    Slow, so it is called before the session is entered by `perform`.
    """
    kept = session.row.passcode_hash
    if kept is None or event.passcode is None:
        return None
    return kept if credentials.passcode_matches(event.passcode, kept) else None


def join(
    session: Session, sid: str, event: JoinSession, link: JoinLink, passcode: str | None = None
) -> tuple[Participant, JoinAnswer]:
    """Bring a connection in; returns who it is and what its acknowledgement holds.

    `passcode` is what `passcode_given` returned. Raises `Forbidden`, `Waiting`, `PasscodeRequired`,
    `SessionFull`, `BadRequest`.
    """
    with_key = _holds_key(session, event, link)
    if event.resume is not None:
        person, resume = _resumed(session, event.resume, link), event.resume
        if with_key:
            person.require(Action.TAKE_OVER)
    elif link.retired:
        raise UnknownSession("There is no such session: its link may have been changed.")
    else:
        if event.name is None:
            raise BadRequest("`name` is missing.")
        if not with_key:
            _check_admission(session, sid, event.name, link, passcode)
        _check_capacity(session, viewer=link.viewer)
        person, resume = add_person(session, event.name, viewer=link.viewer, holds_key=with_key)
    if not person.online:
        _check_capacity(session, viewer=person.viewer)
    if event.state_vector is not None:
        session.document.diff(event.state_vector)  # refuses a broken one before anything changes
    if with_key and not person.row.holds_key:
        session.await_commit(session.save_participant(person, holds_key=True))
    return person, _attach(session, person, sid, event, resume, with_key=with_key)


def rejoin(session: Session, connection: Connection, event: JoinSession, link: JoinLink) -> Welcome:
    """The same connection joins again: the same participant, and, with the host key, the host."""
    person = connection.person
    if _holds_key(session, event, link):
        person.require(Action.TAKE_OVER)
        session.await_commit(session.save_participant(person, holds_key=True))
        session.change_roles(roles.host_claimed(session.roster, person))
    _choose_rooms(session, connection, event)
    return _welcome(session, connection, event)


def _holds_key(session: Session, event: JoinSession, link: JoinLink) -> bool:
    if event.host_key is None:
        return False
    if link.viewer or not credentials.matches(event.host_key, session.row.host_key_hash):
        raise Forbidden("This host key does not open this session.")
    return True


def _resumed(session: Session, token: str, link: JoinLink) -> Participant:
    person = session.roster.by_resume_token(token)
    if person is None and link.retired:
        raise UnknownSession("There is no such session: its link may have been changed.")
    if person is None or (link.viewer and not person.viewer):
        raise Forbidden("Your place in this session is gone; join again with your name.")
    return person


def _check_admission(
    session: Session, sid: str, name: str, link: JoinLink, passcode: str | None
) -> None:
    policy = session.row.join_policy
    if policy is JoinPolicy.LOCKED:
        raise Forbidden("The host has locked this session: nobody new can join.")
    if session.row.passcode_hash is not None and passcode != session.row.passcode_hash:
        raise PasscodeRequired("This session asks for its passcode; the host can tell you.")
    if policy is JoinPolicy.APPROVE:
        _request_to_join(session, sid, name, link)
        raise Waiting("The host has been asked to let you in.")


def _check_capacity(session: Session, *, viewer: bool) -> None:
    """A quarter of the places is kept for those who come by the join link."""
    most = session.context.settings.max_participants
    online = session.roster.online()
    if len(online) >= most:
        raise SessionFull(f"The session is full: {most} people are here. Try again later.")
    most_viewers = max(1, most - max(1, most // 4))
    if viewer and sum(each.viewer for each in online) >= most_viewers:
        raise SessionFull(f"The session is full: {most_viewers} viewers are here. Try again later.")


def _request_to_join(session: Session, sid: str, name: str, link: JoinLink) -> None:
    earlier = next((each for each in session.join_requests.values() if each.sid == sid), None)
    if earlier is None and len(session.join_requests) >= _MAX_JOIN_REQUESTS:
        raise SessionFull("Too many people are waiting to be let in. Try again later.")
    request = JoinRequest(earlier.id if earlier else credentials.new_id(), name, sid, link.viewer)
    session.join_requests[request.id] = request
    if earlier is None:
        news: Person = {"participant_id": request.id, "name": request.name}
        session.emit(JOIN_REQUESTED, news, to=session.sids_that_may(Action.ADMIT))
    serializers.emit_join_requests(session)


def add_person(
    session: Session,
    name: str,
    *,
    viewer: bool,
    holds_key: bool = False,
    participant_id: str | None = None,
) -> tuple[Participant, str]:
    """A new participant, not here yet, and their resume token; who knocked has an ID already."""
    resume = credentials.new_secret()
    row = ParticipantRow(
        id=participant_id or credentials.new_id(),
        resume_hash=credentials.digest(resume),
        name=session.roster.available_name(name),
        color=session.roster.available_color(),
        viewer=viewer,
        holds_key=holds_key,
        joined_at=session.context.scheduler.now(),
    )
    # Kept before it is acknowledged: a token that a crash forgets would cost its owner the seat.
    session.await_commit(session.context.store.save_participant(session.key, row))
    person = session.roster.add(row)
    session.update_permissions_of(person)
    person.fresh = True
    return person, resume


def _attach(
    session: Session,
    person: Participant,
    sid: str,
    event: JoinSession,
    resume: str,
    *,
    with_key: bool,
) -> JoinAnswer:
    for each in _displaced(person, event.tab):
        _detach(session, each)
        session.emit(REMOVED, Removed(reason="replaced"), to=each.sid)
    _cancel_join_request(session, sid)
    if not person.online:
        person.here_since = session.context.scheduler.monotonic()
    person.listed = True
    connection = session.roster.connect(person, sid, event.tab)
    session.context.transport.enter_room(sid, session.room)
    _choose_rooms(session, connection, event)
    session.touch()
    awareness.emit_activity(session, person)
    first_time, person.fresh = person.fresh, False
    if first_time:
        session.system_message(f"{person.name} joined", person, unless=person)
    step = roles.host_claimed if with_key else roles.arrived
    session.change_roles(step(session.roster, person))
    return {**_welcome(session, connection, event), "resume": resume}


def _displaced(person: Participant, tab: str | bool | None) -> list[Connection]:
    """The connections that a new one replaces: with a tab, the one of the same tab, or the oldest
    beyond the limit; without a tab, all of them."""
    connections = list(person.connections.values())
    if not tab:
        return connections
    same = [each for each in connections if isinstance(tab, str) and each.tab == tab]
    return same or connections[: max(0, len(connections) - _MAX_TABS + 1)]


def _choose_rooms(session: Session, connection: Connection, event: JoinSession) -> None:
    """Before the difference is taken, so that no update falls between the two."""
    connection.crdt, connection.behind = event.state_vector is not None, False
    transport = session.context.transport
    move = transport.enter_room if connection.crdt else transport.leave_room
    move(connection.sid, session.crdt_room)


def _welcome(session: Session, connection: Connection, event: JoinSession) -> Welcome:
    person, sid = connection.person, connection.sid
    connection.told_may = person.permissions.view
    answer: Welcome = {
        "participant_id": person.id,
        "session": serializers.session_view(session, person),
    }
    if event.state_vector is not None:
        answer["update"] = encode_bytes(session.document.diff(event.state_vector))
        answer["state_vector"] = encode_bytes(session.document.state_vector())
    session.send_roster(sid)
    session.emit(CHAT_HISTORY, ChatHistory(messages=session.chat.history()), to=sid)
    if event.state_vector is None:
        session.emit(CODE_UPDATE, CodeUpdate(content=session.document.text), to=sid)
    for other in session.roster.connections:
        if other is not connection and other.cursor is not None:
            session.emit(PRESENCE, editing.presence_view(other), to=sid)
    awareness.send_activities(session, person, sid)
    return answer


def _detach(session: Session, connection: Connection) -> None:
    session.context.transport.leave_room(connection.sid, session.room)
    session.context.transport.leave_room(connection.sid, session.crdt_room)
    session.roster.disconnect(connection)
    editing.hide_cursor(session, connection)
    awareness.emit_activity(session, connection.person)


def disconnected(session: Session, sid: str) -> None:
    """A connection is gone; its participant stays, and grace times begin with the last."""
    _cancel_join_request(session, sid)
    connection = session.roster.connection(sid)
    if connection is None:
        return
    _detach(session, connection)
    session.touch()
    person = connection.person
    if person.online:
        return
    absence.start(session, person)
    session.roster_changed()


def _cancel_join_request(session: Session, sid: str) -> None:
    gone = [each.id for each in session.join_requests.values() if each.sid == sid]
    for participant_id in gone:
        del session.join_requests[participant_id]
    if gone:
        serializers.emit_join_requests(session)


def remove(session: Session, person: Participant) -> None:
    """The end of a participant: the resume token dies, the seat and the pen move on."""
    for connection in list(person.connections.values()):
        _detach(session, connection)
    session.roster.remove(person)
    session.context.store.delete_participant(session.key, person.id)
    was_host = session.is_host(person)
    session.change_roles(roles.participant_removed(session.roster, person))
    session.roster_changed()
    if was_host and session.join_requests:
        serializers.emit_join_requests(session)


def leave(session: Session, connection: Connection, _event: object = None) -> Done:
    """Leave for good, with all tabs."""
    person = connection.person
    others = [sid for sid in person.sids if sid != connection.sid]
    remove(session, person)
    session.emit(REMOVED, Removed(reason="left"), to=others)
    session.system_message(f"{person.name} left", person)
    return {}


def rename(session: Session, person: Participant, event: Rename) -> RenameAnswer:
    person.require(Action.RENAME)
    name = session.roster.available_name(event.name, but=person)
    if name != person.name:
        session.system_message(f"{person.name} is now {name}", person)
        session.save_participant(person, name=name)
        session.roster_changed()
    return {"name": name}
