"""Joining: as a newcomer, with a resume token, or again on the same connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ..errors import ClientError, Forbidden, NotSaved
from ..protocol.answers import JoinAnswer, Welcome
from ..protocol.client_events import JoinSession
from ..protocol.enums import Action, Activity
from ..protocol.fields import encode_bytes
from ..protocol.server_events import (
    ACTIVITY,
    CHAT_HISTORY,
    CODE_UPDATE,
    PRESENCE,
    REMOVED,
    ChatHistory,
    CodeUpdate,
    Removed,
)
from ..storage.commit import COMMITTED, Commit
from ..storage.records import ParticipantRow
from . import admission, awareness, credentials, membership, roles, serializers
from .admission import JoinAttempt, JoinLink
from .roster import Connection, Participant
from .session import Session

_MAX_TABS = 8  # connections that one participant may have


@dataclass(frozen=True)
class _Arrival:
    """A person who was admitted, and what must be saved before they join."""

    person: Participant
    with_key: bool
    resume: str | None  # None where this connection is in the session already
    new: bool = False
    saved: Commit = COMMITTED


def join(
    session: Session,
    sid: str,
    event: JoinSession,
    link: JoinLink,
    passcode: str | None = None,
    *,
    acknowledge: Callable[[JoinAnswer], None] = lambda _answer: None,
) -> tuple[Participant, JoinAnswer]:
    """Let a connection join, or join again.

    Returns the participant and the answer. It enters the session itself, because it may wait for
    the disk in between: losing a resume token in a crash would cost its owner their seat.
    `acknowledge` is called before anybody is told of the join. `passcode` is what
    `verified_passcode` returned. Raises `Forbidden`, `Waiting`, `PasscodeRequired`, `SessionFull`,
    `BadRequest`.
    """
    attempt = JoinAttempt(sid, event, link, passcode)
    with session.perform():
        arrival = _admitted(session, attempt)
        if arrival.saved.done and arrival.saved.error is None:
            return arrival.person, _complete(session, attempt, arrival, acknowledge)
    with suppress(NotSaved):  # while the disk is full it is kept in memory like everything else
        arrival.saved.wait()
    with session.perform():
        _check_again(session, attempt, arrival)
        return arrival.person, _complete(session, attempt, arrival, acknowledge)


def _admitted(session: Session, attempt: JoinAttempt) -> _Arrival:
    """The person who joins. Raises an error if they may not."""
    event = attempt.event
    present = session.roster.connection(attempt.sid)
    if present is not None and event.resume:
        resumed = session.roster.by_resume_token(event.resume)
        if resumed is not present.person:
            present = None
            if resumed is not None:
                membership.disconnected(session, attempt.sid)
    with_key = admission.holds_key(session, attempt)
    if event.state_vector is not None:
        session.document.check_state_vector(event.state_vector)
    if present is not None:
        return _returning(session, present.person, None, with_key=with_key)
    if event.resume is not None:
        person = admission.resumed(session, event.resume, attempt.link)
        return _returning(session, person, event.resume, with_key=with_key)
    admission.check_newcomer(session, attempt, with_key=with_key)
    person, resume, saved = new_participant(
        session, event.name or "", viewer=attempt.link.viewer, holds_key=with_key
    )
    return _Arrival(person, with_key, resume, new=True, saved=saved)


def _returning(
    session: Session, person: Participant, resume: str | None, *, with_key: bool
) -> _Arrival:
    if with_key:
        person.require(Action.TAKE_OVER)
    if not person.online:
        admission.check_capacity(session, viewer=person.viewer)
    saved = COMMITTED
    if with_key and not person.row.holds_key:
        saved = session.save_participant(person, holds_key=True)
    return _Arrival(person, with_key, resume, saved=saved)


def _check_again(session: Session, attempt: JoinAttempt, arrival: _Arrival) -> None:
    """Check again: others used the session while the disk was written."""
    person = arrival.person
    if not arrival.new:
        here = arrival.resume is not None or session.roster.connection(attempt.sid) is not None
        if session.roster.get(person.id) is not person or not here:
            raise Forbidden(admission.PLACE_GONE)
        return
    try:
        admission.check_newcomer(session, attempt, with_key=arrival.with_key)
    except ClientError:
        session.context.store.delete_participant(session.key, person.id)
        raise
    name = session.roster.available_name(person.name)
    if name != person.name:
        session.save_participant(person, name=name)


def _complete(
    session: Session,
    attempt: JoinAttempt,
    arrival: _Arrival,
    acknowledge: Callable[[JoinAnswer], None],
) -> JoinAnswer:
    person, event = arrival.person, attempt.event
    if arrival.new:
        session.add_participant(person)
    if arrival.resume is not None:
        connection = _attach(session, person, attempt.sid, event)
        connection.resume = arrival.resume
        step = roles.host_claimed if arrival.with_key else roles.arrived
        session.change_roles(step(session.roster, person))
    else:
        connection = person.connections[attempt.sid]
        _choose_rooms(session, connection, event)
        if arrival.with_key:
            session.change_roles(roles.host_claimed(session.roster, person))
    answer: JoinAnswer = {**_welcome(session, connection, event), "resume": connection.resume}
    acknowledge(answer)
    return answer


def new_participant(
    session: Session,
    name: str,
    *,
    viewer: bool,
    holds_key: bool = False,
    participant_id: str | None = None,
) -> tuple[Participant, str, Commit]:
    """A participant who is not in the roster yet, their resume token, and the commit that must be
    done before anybody learns the token. `participant_id` is that of a join request."""
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
    saved = session.context.store.save_participant(session.key, row)
    return Participant(row, fresh=True), resume, saved


def _attach(session: Session, person: Participant, sid: str, event: JoinSession) -> Connection:
    for each in _displaced(person, event.tab):
        membership.detach(session, each)
        session.emit(REMOVED, Removed(reason="replaced"), to=each.sid)
    admission.cancel_join_request(session, sid)
    if not person.online:
        person.here_since = session.context.scheduler.monotonic()
    person.listed = True
    connection = session.roster.connect(person, sid, event.tab)
    session.context.transport.enter_room(sid, session.room)
    _choose_rooms(session, connection, event)
    session.touch()
    if person.activity is not Activity.ACTIVE:
        awareness.emit_activity(session, person)
    if person.fresh:
        person.fresh = False
        session.system_message(f"{person.name} joined", person, unless=person)
    return connection


def _displaced(person: Participant, tab: str | bool | None) -> list[Connection]:
    """The connections that a new one replaces: all of them without a tab, else the one of the same
    tab or the oldest beyond the limit."""
    connections = list(person.connections.values())
    if not tab:
        return connections
    same = [each for each in connections if isinstance(tab, str) and each.tab == tab]
    return same or connections[: max(0, len(connections) - _MAX_TABS + 1)]


def _choose_rooms(session: Session, connection: Connection, event: JoinSession) -> None:
    """Call it before taking the difference, so that no update falls in between."""
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
            session.emit(PRESENCE, awareness.presence_view(other), to=sid)
    for each in session.roster.online():
        if each is not person and each.activity is not Activity.ACTIVE:
            session.emit(ACTIVITY, awareness.activity_view(each), to=sid)
    return answer
