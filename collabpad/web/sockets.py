"""The handlers of Socket.IO events: parse, perform, acknowledge, then tell the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

from ..errors import (
    ClientError,
    CollabpadError,
    Forbidden,
    NotJoined,
    NotSaved,
    PasscodeRequired,
    RateLimited,
    TooManyMisses,
    UnknownSession,
    Waiting,
)
from ..protocol import client_events as events
from ..protocol.answers import JoinAnswer
from ..protocol.parsing import parse_event
from ..protocol.server_events import JOINED, SESSION_ERROR, Joined, SessionError
from ..protocol.views import WireError
from ..sessions import (
    administration,
    admission,
    awareness,
    chat,
    editing,
    joining,
    membership,
    run_history,
    running,
    serializers,
    write_permission,
)
from ..sessions.context import Scheduler, Transport
from ..sessions.registry import Registry
from ..sessions.roster import Connection, Participant
from ..sessions.session import Session
from ..settings import Settings
from ..storage.commit import COMMITTED, Commit
from .address_limits import AddressLimits, Penalty, too_many_misses
from .caller import Caller

log = logging.getLogger(__name__)

Answer = Mapping[str, object]
Ack = Callable[[Any], None]
Result = Answer | tuple[Answer, Commit]
MOST_ECHOED = 100  # characters of an event's name; ours are far shorter
_INTERNAL = "Something went wrong on the server; try again."


_OPERATIONS: dict[type[events.ClientEvent], Callable[[Session, Participant, Any], Result]] = {
    events.Rename: membership.rename,
    events.DocCheck: editing.doc_check,
    events.SendMessage: chat.send_message,
    events.RequestWrite: write_permission.request_write,
    events.CancelRequest: write_permission.cancel_request,
    events.ReleaseWrite: write_permission.release_write,
    events.GrantWrite: write_permission.grant_write,
    events.RevokeWrite: write_permission.revoke_write,
    events.TransferHost: write_permission.transfer_host,
    events.RemoveParticipant: administration.remove_participant,
    events.RotateLinks: administration.rotate_links,
    events.Admit: administration.admit,
    events.CloseSession: administration.close_session,
    events.RunStart: running.run_start,
    events.RunInput: running.run_input,
    events.RunStop: running.run_stop,
    events.ListRuns: run_history.list_runs,
    events.GetRun: run_history.get_run,
    events.LastRun: run_history.last_run,
    events.SetRotation: write_permission.set_rotation,
    events.RotationNext: write_permission.rotation_next,
    events.RotationSkip: write_permission.rotation_skip,
    events.Gather: awareness.gather,
    events.Point: awareness.point,
}
_READING = (events.ListRuns, events.GetRun, events.LastRun)
_BY_CONNECTION: dict[type[events.ClientEvent], Callable[[Session, Connection, Any], Result]] = {
    events.LeaveSession: membership.leave,
    events.CodeChange: editing.code_change,
    events.DocUpdate: editing.doc_update,
    events.Presence: awareness.presence,
    events.SetActivity: awareness.set_activity,
}
"""Events for which it matters which of a person's tabs sent them."""


class Sockets:
    """The `Handlers` of the wire. Call `serve` before the first client comes."""

    _registry: Registry
    _settings: Settings
    _transport: Transport
    _scheduler: Scheduler

    def __init__(self, addresses: AddressLimits) -> None:
        self._addresses = addresses
        self._callers: dict[str, Caller] = {}

    def serve(self, registry: Registry) -> None:
        self._registry, self._settings = registry, registry.settings
        self._transport, self._scheduler = registry.context.transport, registry.context.scheduler

    # --- the wire's calls -------------------------------------------------------------------------

    def connected(self, sid: str, network: str) -> None:
        self._addresses.connect(network)
        caller = self._callers[sid] = Caller(sid, network)
        if self._settings.rate_limits:
            within = self._settings.join_within
            self._scheduler.call_later(within, lambda: self._end_if_idle(caller))

    def _end_if_idle(self, caller: Caller) -> None:
        if not caller.tried:
            self._transport.disconnect(caller.sid)

    def disconnected(self, sid: str) -> None:
        caller = self._callers.pop(sid, None)
        if caller is None:
            return
        self._free_place(caller)
        for session in (caller.session, caller.knocking):
            if session is not None:
                self._step_out_of(session, caller)

    def _free_place(self, caller: Caller) -> None:
        """Stop counting a connection of its address.

        Not before its penalty is over: a guesser would continue at once on a new connection.
        """
        penalty = caller.blocked_until - self._scheduler.monotonic()
        if penalty > 0:
            self._scheduler.call_later(penalty, lambda: self._addresses.disconnect(caller.network))
        else:
            self._addresses.disconnect(caller.network)

    def malformed(self, sid: str, ack: Ack | None, error: ClientError) -> None:
        caller = self._callers.get(sid)
        if caller is None:
            return
        try:
            if self._settings.rate_limits:
                caller.rate_limiter.check("", self._scheduler.monotonic())
        except RateLimited as too_fast:
            error = too_fast
        self._refuse(caller, "", ack, error)

    def event(self, sid: str, name: str, args: list[object], ack: Ack | None) -> None:
        """Handle an event. If something goes wrong, only this client is told."""
        caller = self._callers.get(sid)
        if caller is None:
            return
        try:
            if self._settings.rate_limits:
                caller.rate_limiter.check(name, self._scheduler.monotonic())
            event = parse_event(name, args, self._settings.limits)
            if isinstance(event, events.JoinSession):
                self._join(caller, event, ack)
            else:
                self._perform(caller, name, event, ack)
        except ClientError as error:
            self._refuse(caller, name, ack, error)
        except Exception:
            log.exception("%s failed", name if name in events.CLIENT_EVENTS else "an event")
            self._refuse(caller, name, ack, CollabpadError(_INTERNAL))

    # --- one event --------------------------------------------------------------------------------

    def _refuse(self, caller: Caller, name: str, ack: Ack | None, error: CollabpadError) -> None:
        told: WireError = {"code": error.code, "message": error.message}
        if isinstance(error, RateLimited) and not isinstance(error, TooManyMisses):
            told["retry_after"] = round(error.retry_after, 1)
        if ack is not None:
            ack({"ok": False, "error": told})
        news: SessionError = {"event": name[:MOST_ECHOED], **told}
        self._transport.emit(SESSION_ERROR.name, news, to=caller.sid)
        if isinstance(error, RateLimited) and caller.rate_limiter.exhausted:
            self._transport.disconnect(caller.sid)

    def _perform(
        self, caller: Caller, name: str, event: events.ClientEvent, ack: Ack | None
    ) -> None:
        """Perform the event's operation, and acknowledge it once its writes are committed."""

        def done(commit: Commit) -> None:
            if commit.error is not None:
                not_saved = NotSaved("The server cannot save now; your change is kept in memory.")
                self._refuse(caller, name, ack, not_saved)
            elif ack is not None:
                ack({"ok": True, **reply})

        session = caller.session
        if session is None:
            raise NotJoined(_NOT_JOINED)
        operation = _BY_CONNECTION.get(type(event)) or self._operation(caller, session, event)
        try:
            # Reading old runs may take long; nobody has to wait for it.
            with nullcontext() if isinstance(event, _READING) else session.perform():
                result = operation(session, _connection(caller, event), event)
                reply, commit = result if isinstance(result, tuple) else (result, COMMITTED)
                commit.then(done)
        except UnknownSession:
            raise NotJoined(_NOT_JOINED) from None

    def _operation(
        self, caller: Caller, session: Session, event: events.ClientEvent
    ) -> Callable[[Session, Connection, Any], Result]:
        """The operation of an event that may come from any of a person's tabs."""
        operation: Callable[[Session, Participant, Any], Result]
        if isinstance(event, events.UpdateSession):
            person = _connection(caller, event).person
            with self._addresses.queued(caller.network) if event.passcode else nullcontext():
                kept = administration.hash_new_passcode(session, person, event)
            operation = partial(administration.update_session, passcode_hash=kept)
        else:
            operation = _OPERATIONS[type(event)]
        return lambda session, connection, event: operation(session, connection.person, event)

    # --- joining ----------------------------------------------------------------------------------

    def _join(self, caller: Caller, event: events.JoinSession, ack: Ack | None) -> None:
        caller.tried = True
        wait = caller.blocked_until - self._scheduler.monotonic()
        if wait > 0:
            raise too_many_misses(wait)
        before = (caller.session, caller.knocking)
        try:
            session, link = self._registry.find(event.session_id, retired=event.resume is not None)
            slow = admission.passcode_needs_hashing(session, event)
            with self._addresses.queued(caller.network) if slow else nullcontext():
                passcode = admission.verified_passcode(session, event)
            self._enter(caller, session, event, link, passcode, ack)
        except ClientError as error:
            now = self._scheduler.monotonic()
            penalty = _is_miss(event, error) and self._addresses.miss(caller.network, now)
            if not penalty:
                raise
            self._refuse_late(caller, ack, penalty)
        finally:
            # Outside of `perform`: two connections that swap sessions would wait for each other.
            for each in before:
                if each is not None and each not in (caller.session, caller.knocking):
                    self._step_out_of(each, caller)

    def _enter(
        self,
        caller: Caller,
        session: Session,
        event: events.JoinSession,
        link: admission.JoinLink,
        passcode: str | None,
        ack: Ack | None,
    ) -> None:
        def acknowledge(answer: JoinAnswer) -> None:
            caller.session, caller.knocking = session, None
            caller.named = event.session_id
            joined: Joined = {"ok": True, **answer}
            if ack is not None:
                ack(joined)
            else:
                self._transport.emit(JOINED.name, joined, to=caller.sid)

        is_here = caller.session is session and caller.connection is not None
        new = event.resume is None and event.host_key is None and not is_here
        now = self._scheduler.monotonic()
        counted = self._addresses.newcomer(caller.network, now) if new else nullcontext()
        try:
            with counted:
                joining.join(session, caller.sid, event, link, passcode, acknowledge=acknowledge)
        except Waiting:
            caller.knocking = session
            raise

    @staticmethod
    def _step_out_of(session: Session, caller: Caller) -> None:
        """Take a client out of a session that it is in, or has knocked at."""
        try:
            with session.perform():
                membership.disconnected(session, caller.sid)
        except UnknownSession:
            pass

    def _refuse_late(self, caller: Caller, ack: Ack | None, penalty: Penalty) -> None:
        """Refuse a join after a delay. Other events of the connection are handled meanwhile."""
        caller.blocked_until = penalty.until

        def refuse() -> None:
            if caller.sid in self._callers:
                error = too_many_misses(penalty.until - self._scheduler.monotonic())
                self._refuse(caller, "join_session", ack, error)

        self._scheduler.call_later(penalty.delay, refuse)


_NOT_JOINED = "You are not in this session: join it first."


def _connection(caller: Caller, event: events.ClientEvent) -> Connection:
    """The caller's connection in its session. Raises NotJoined if the event names another one."""
    session = caller.session
    connection = None if session is None else session.roster.connection(caller.sid)
    if session is None or session.closed or connection is None:
        raise NotJoined(_NOT_JOINED)
    if event.session_id != caller.named:
        # New links are told when they are saved: until then the old ones name it as well.
        names = (serializers.public_id(session, connection.person), *session.row.retired_ids)
        if event.session_id not in names:
            raise NotJoined(_NOT_JOINED)
    return connection


def _is_miss(event: events.JoinSession, error: ClientError) -> bool:
    """Whether a join was refused because of a wrong ID, key, token or passcode."""
    if isinstance(error, PasscodeRequired):
        return event.passcode is not None
    wrong_secret = type(error) is Forbidden and bool(event.resume or event.host_key)
    return isinstance(error, UnknownSession) or wrong_secret
