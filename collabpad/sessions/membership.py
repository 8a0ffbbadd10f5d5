"""Coming and going: join, resume, leave, lose the connection, be renamed."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadRequest, Forbidden, PasscodeRequired, SessionFull, UnknownSession
from ..errors import Waiting as MustWait
from ..protocol import JoinPolicy, JoinSession, Rename, encode_bytes
from ..storage.base import ParticipantRow
from . import absence, access, describe, editing, roles, together
from .people import Connection, Participant, Waiting
from .session import Session

_MOST_WAITING = 50
_MOST_TABS = 8  # connections that one participant may have

Reply = dict[str, object]


@dataclass(frozen=True)
class Door:
    """By which link somebody comes: `public_id` is what they named."""

    public_id: str
    viewer: bool
    retired: bool = False


def passcode_is_slow(session: Session, event: JoinSession) -> bool:
    """Whether `passcode_given` will take a slow hash."""
    kept = session.row.passcode_hash
    return kept is not None and event.passcode is not None and not access.is_known(kept)


def passcode_given(session: Session, event: JoinSession) -> str | None:
    """The kept form of the passcode that `event` rightly gives, or None.

    Slow, so it is called before the session is entered by `perform`.
    """
    kept = session.row.passcode_hash
    if kept is None or event.passcode is None:
        return None
    return kept if access.passcode_matches(event.passcode, kept) else None


def join(
    session: Session, sid: str, event: JoinSession, door: Door, passcode: str | None = None
) -> tuple[Participant, Reply]:
    """Bring a connection in; returns who it is and what its acknowledgement holds.

    `passcode` is what `passcode_given` returned. Raises `Forbidden`, `Waiting`, `PasscodeRequired`,
    `SessionFull`, `BadRequest`.
    """
    with_key = _holds_key(session, event, door)
    if event.resume is not None:
        person, resume = _resumed(session, event.resume, door), event.resume
        if with_key:
            _require_no_viewer(person)
    elif door.retired:
        raise UnknownSession("There is no such session: its link may have been changed.")
    else:
        if event.name is None:
            raise BadRequest("`name` is missing.")
        if not with_key:
            _check_admission(session, sid, event.name, door, passcode)
        _check_room(session, viewer=door.viewer)
        person, resume = add_person(session, event.name, viewer=door.viewer, holds_key=with_key)
    if not person.online:
        _check_room(session, viewer=person.viewer)
    if event.state_vector is not None:
        session.document.diff(event.state_vector)  # refuses a broken one before anything changes
    if with_key and not person.row.holds_key:
        session.keep(session.save_person(person, holds_key=True))
    return person, _enter(session, person, sid, event, resume, with_key=with_key)


def rejoin(session: Session, connection: Connection, event: JoinSession, door: Door) -> Reply:
    """The same connection joins again: the same participant, and, with the host key, the host."""
    person = connection.person
    if _holds_key(session, event, door):
        _require_no_viewer(person)
        session.keep(session.save_person(person, holds_key=True))
        session.change_roles(roles.took_seat(session.people, person))
    _choose_room(session, connection, event)
    return _welcome(session, connection, event)


def _require_no_viewer(person: Participant) -> None:
    if person.viewer:
        raise Forbidden("Who came by the view link stays a viewer.")


def _holds_key(session: Session, event: JoinSession, door: Door) -> bool:
    if event.host_key is None:
        return False
    if door.viewer or not access.matches(event.host_key, session.row.host_key_hash):
        raise Forbidden("This host key does not open this session.")
    return True


def _resumed(session: Session, token: str, door: Door) -> Participant:
    person = session.people.resumed_by(token)
    if person is None and door.retired:
        raise UnknownSession("There is no such session: its link may have been changed.")
    if person is None or (door.viewer and not person.viewer):
        raise Forbidden("Your place in this session is gone; join again with your name.")
    return person


def _check_admission(
    session: Session, sid: str, name: str, door: Door, passcode: str | None
) -> None:
    policy = session.row.join_policy
    if policy is JoinPolicy.LOCKED:
        raise Forbidden("The host has locked this session: nobody new can join.")
    if session.row.passcode_hash is not None and passcode != session.row.passcode_hash:
        raise PasscodeRequired("This session asks for its passcode; the host can tell you.")
    if policy is JoinPolicy.APPROVE:
        _knock(session, sid, name, door)
        raise MustWait("The host has been asked to let you in.")


def _check_room(session: Session, *, viewer: bool) -> None:
    """A quarter of the places is kept for those who come by the join link."""
    most = session.world.settings.max_participants
    online = session.people.online()
    if len(online) >= most:
        raise SessionFull(f"The session is full: {most} people are here. Try again later.")
    most_viewers = max(1, most - max(1, most // 4))
    if viewer and sum(each.viewer for each in online) >= most_viewers:
        raise SessionFull(f"The session is full: {most_viewers} viewers are here. Try again later.")


def _knock(session: Session, sid: str, name: str, door: Door) -> None:
    earlier = next((each for each in session.waiting.values() if each.sid == sid), None)
    if earlier is None and len(session.waiting) >= _MOST_WAITING:
        raise SessionFull("Too many people are waiting to be let in. Try again later.")
    knocker = Waiting(earlier.id if earlier else access.new_id(), name, sid, door.viewer)
    session.waiting[knocker.id] = knocker
    host = session.host
    if earlier is None and host is not None:
        news = {"participant_id": knocker.id, "name": knocker.name}
        session.say("join_requested", news, to=host.sids)
    describe.tell_waiting(session)


def add_person(
    session: Session,
    name: str,
    *,
    viewer: bool,
    holds_key: bool = False,
    participant_id: str | None = None,
) -> tuple[Participant, str]:
    """A new participant, not here yet, and their resume token; who knocked has an ID already."""
    resume = access.new_secret()
    row = ParticipantRow(
        id=participant_id or access.new_id(),
        resume_hash=access.digest(resume),
        name=session.people.free_name(name),
        color=session.people.free_color(),
        viewer=viewer,
        holds_key=holds_key,
        joined_at=session.world.scheduler.now(),
    )
    # Kept before it is acknowledged: a token that a crash forgets would cost its owner the seat.
    session.keep(session.world.store.save_participant(session.key, row))
    person = session.people.add(row)
    person.fresh = True
    return person, resume


def _enter(
    session: Session,
    person: Participant,
    sid: str,
    event: JoinSession,
    resume: str,
    *,
    with_key: bool,
) -> Reply:
    for each in _displaced(person, event.tab):
        _step_out(session, each)
        session.say("removed", {"reason": "replaced"}, to=each.sid)
    _forget_knock(session, sid)
    if not person.online:
        person.here_since = session.world.scheduler.monotonic()
    person.listed = True
    connection = session.people.connect(person, sid, event.tab)
    session.world.port.enter(sid, session.everybody)
    _choose_room(session, connection, event)
    session.touch()
    together.tell_activity(session, person)
    first_time, person.fresh = person.fresh, False
    if first_time:
        session.note(f"{person.name} joined", person, unless=person)
    step = roles.took_seat if with_key else roles.arrived
    session.change_roles(step(session.people, person))
    return {**_welcome(session, connection, event), "resume": resume}


def _displaced(person: Participant, tab: str | bool | None) -> list[Connection]:
    """The connections that a new one replaces: with a tab, the one of the same tab, or the oldest
    beyond the limit; without a tab, all of them."""
    connections = list(person.connections.values())
    if not tab:
        return connections
    same = [each for each in connections if isinstance(tab, str) and each.tab == tab]
    return same or connections[: max(0, len(connections) - _MOST_TABS + 1)]


def _choose_room(session: Session, connection: Connection, event: JoinSession) -> None:
    """Before the difference is taken, so that no update falls between the two."""
    connection.crdt, connection.behind = event.state_vector is not None, False
    move = session.world.port.enter if connection.crdt else session.world.port.leave
    move(connection.sid, session.crdt_clients)


def _welcome(session: Session, connection: Connection, event: JoinSession) -> Reply:
    person, sid = connection.person, connection.sid
    reply: Reply = {
        "participant_id": person.id,
        "session": describe.session_view(session, person),
    }
    if event.state_vector is not None:
        reply["update"] = encode_bytes(session.document.diff(event.state_vector))
        reply["state_vector"] = encode_bytes(session.document.state_vector())
    session.tell_newcomer_roster(sid)
    session.say("chat_history", {"messages": session.chat.history()}, to=sid)
    if event.state_vector is None:
        session.say("code_update", {"content": session.document.text}, to=sid)
    for other in session.people.connections:
        if other is not connection and other.cursor is not None:
            session.say("presence", editing.presence_view(other), to=sid)
    together.tell_activities(session, person, sid)
    return reply


def _step_out(session: Session, connection: Connection) -> None:
    session.world.port.leave(connection.sid, session.everybody)
    session.world.port.leave(connection.sid, session.crdt_clients)
    session.people.disconnect(connection)
    editing.hide_cursor(session, connection)
    together.tell_activity(session, connection.person)


def disconnected(session: Session, sid: str) -> None:
    """A connection is gone; its participant stays, and grace times begin with the last."""
    _forget_knock(session, sid)
    connection = session.people.connection(sid)
    if connection is None:
        return
    _step_out(session, connection)
    session.touch()
    person = connection.person
    if person.online:
        return
    absence.begin(session, person)
    session.roster_changed()


def _forget_knock(session: Session, sid: str) -> None:
    gone = [each.id for each in session.waiting.values() if each.sid == sid]
    for participant_id in gone:
        del session.waiting[participant_id]
    if gone:
        describe.tell_waiting(session)


def take_out(session: Session, person: Participant) -> None:
    """The end of a participant: the resume token dies, the seat and the pen move on."""
    for connection in list(person.connections.values()):
        _step_out(session, connection)
    session.people.remove(person)
    session.world.store.delete_participant(session.key, person.id)
    session.change_roles(roles.gone_for_good(session.people, person))
    session.roster_changed()


def leave(session: Session, connection: Connection) -> Reply:
    """Leave for good, with all tabs."""
    person = connection.person
    others = [sid for sid in person.sids if sid != connection.sid]
    take_out(session, person)
    session.say("removed", {"reason": "left"}, to=others)
    session.note(f"{person.name} left", person)
    return {}


def rename(session: Session, person: Participant, event: Rename) -> Reply:
    name = session.people.free_name(event.name, but=person)
    if name != person.name:
        session.note(f"{person.name} is now {name}", person)
        session.save_person(person, name=name)
        session.roster_changed()
    return {"name": name}
