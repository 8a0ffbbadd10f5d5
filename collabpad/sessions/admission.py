"""Who may join: links, host keys, resume tokens, passcodes, capacity, and requests to the host."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadRequest, Forbidden, PasscodeRequired, SessionFull, UnknownSession, Waiting
from ..protocol.client_events import JoinSession
from ..protocol.enums import Action, JoinPolicy
from ..protocol.server_events import JOIN_REQUESTED
from ..protocol.views import Person
from . import credentials, serializers
from .roster import JoinRequest, Participant
from .session import Session

_MAX_JOIN_REQUESTS = 50
_LINK_CHANGED = "There is no such session: its link may have been changed."
PLACE_GONE = "Your place in this session is gone; join again with your name."


@dataclass(frozen=True)
class JoinLink:
    """The link by which somebody joins; `public_id` is the ID in it."""

    public_id: str
    viewer: bool
    retired: bool = False


def passcode_needs_hashing(session: Session, event: JoinSession) -> bool:
    """Whether `verified_passcode` will compute a slow hash."""
    kept = session.row.passcode_hash
    return kept is not None and event.passcode is not None and not credentials.is_known(kept)


def verified_passcode(session: Session, event: JoinSession) -> str | None:
    """The stored hash if `event` gives the right passcode, else None. It is slow, so call it
    outside of `perform`.
    """
    kept = session.row.passcode_hash
    if kept is None or event.passcode is None:
        return None
    return kept if credentials.passcode_matches(event.passcode, kept) else None


@dataclass(frozen=True)
class JoinAttempt:
    """A connection's attempt to join."""

    sid: str
    event: JoinSession
    link: JoinLink
    passcode: str | None = None


def holds_key(session: Session, attempt: JoinAttempt) -> bool:
    """Whether the attempt gives the host key. Raises `Forbidden` for a wrong one."""
    given = attempt.event.host_key
    if given is None:
        return False
    if attempt.link.viewer or not credentials.matches(given, session.row.host_key_hash):
        raise Forbidden("This host key does not open this session.")
    return True


def resumed(session: Session, token: str, link: JoinLink) -> Participant:
    """The owner of a resume token. Raises `UnknownSession` or `Forbidden` if there is none."""
    person = session.roster.by_resume_token(token)
    if person is None and link.retired:
        raise UnknownSession(_LINK_CHANGED)
    if person is None or (link.viewer and not person.viewer):
        raise Forbidden(PLACE_GONE)
    return person


def check_newcomer(session: Session, attempt: JoinAttempt, *, with_key: bool) -> None:
    """Raise an error if a newcomer may not join: `Waiting` if the host is asked."""
    if attempt.link.retired:
        raise UnknownSession(_LINK_CHANGED)
    if attempt.event.name is None:
        raise BadRequest("`name` is missing.")
    if not with_key:
        _check_policy(session, attempt, attempt.event.name)
    check_capacity(session, viewer=attempt.link.viewer)


def _check_policy(session: Session, attempt: JoinAttempt, name: str) -> None:
    policy = session.row.join_policy
    if policy is JoinPolicy.LOCKED:
        raise Forbidden("The host has locked this session: nobody new can join.")
    if session.row.passcode_hash is not None and attempt.passcode != session.row.passcode_hash:
        raise PasscodeRequired("This session asks for its passcode; the host can tell you.")
    if policy is JoinPolicy.APPROVE:
        _request_to_join(session, attempt.sid, name, attempt.link)
        raise Waiting("The host has been asked to let you in.")


def check_capacity(session: Session, *, viewer: bool) -> None:
    """A quarter of the places is reserved for people with the join link."""
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
        session.emit(JOIN_REQUESTED, news, to=session.roster.sids_that_may(Action.ADMIT))
    serializers.emit_join_requests(session)


def cancel_join_request(session: Session, sid: str) -> None:
    gone = [each.id for each in session.join_requests.values() if each.sid == sid]
    for participant_id in gone:
        del session.join_requests[participant_id]
    if gone:
        serializers.emit_join_requests(session)
