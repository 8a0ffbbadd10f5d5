"""A live session: its state, and the few ways in which that state may change and be told.

What people do to it is in the modules beside this one (membership, write_permission, editing, chat,
running), each operation a function of a session and a participant. All of them run inside
`perform`, one at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import UnknownParticipant, UnknownSession
from ..protocol.enums import Action, WriteMode
from ..protocol.server_events import (
    CHAT_MESSAGE,
    PARTICIPANTS_UPDATE,
    SESSION_UPDATE,
    SessionUpdate,
)
from ..storage.commit import Commit
from ..storage.records import Roles, SessionRow, StoredSession
from . import roles as rules
from .chat_log import ChatLog, message_view
from .context import Context
from .document import Document
from .outbox import Outbox
from .permissions import permissions
from .roster import JoinRequest, Participant, Roster
from .rotation import Rotation

if TYPE_CHECKING:
    from .running import CurrentRun

_ROSTER_AT_ONCE = 8  # people up to whom every change of the roster is told at once
_ROSTER_WINDOW = 0.05  # seconds within which changes of a larger roster come as one (PROTOCOL)


class Session:
    """One shared document with its people, chat and runs."""

    def __init__(self, context: Context, stored: StoredSession) -> None:
        self.context = context
        self.row: SessionRow = stored.session
        self.key = self.room = self.row.key
        self.crdt_room = f"{self.key}:crdt"  # of those who keep a CRDT
        self.roles: Roles = stored.roles
        self.roster = Roster(stored.participants)
        self._update_permissions()
        self.join_requests: dict[str, JoinRequest] = {}
        self.chat = ChatLog(context.settings.chat_cap, stored.messages)
        self.document = Document(context.settings.limits, stored.document, stored.seq)
        # Both by the clock that never jumps:
        self.used_at = context.scheduler.monotonic()
        self.edits_from = 0.0  # when the document takes edits again
        self.run: CurrentRun | None = None
        self.rotation = Rotation(self)
        self.gathered_at = float("-inf")
        self.closed = False
        self._lock = threading.RLock()
        self._outbox = Outbox(context)
        self.emit, self.disconnect = self._outbox.emit, self._outbox.disconnect
        self._roster_due = self._broadcast_due = False
        self._news: SessionUpdate = {}  # of `session`, told after the roster that it goes with

    # --- one change at a time ---------------------------------------------------------------------

    @contextmanager
    def perform(self) -> Iterator[None]:
        """The frame of every operation: alone on the session, and told afterwards in one go.

        Who must be answered before others are told is answered inside. Raises `UnknownSession`
        where the session ended while the caller waited for its turn.
        """
        with self._lock:
            if self.closed:
                raise UnknownSession("This session has ended.")
            try:
                yield
            finally:
                self._outbox.flush()

    def call_later(self, delay: float, operation: Callable[[], None]) -> None:
        """Perform `operation` after `delay` seconds, if the session still lives."""

        def due() -> None:
            try:
                with self.perform():
                    operation()
            except UnknownSession:
                pass

        self.context.scheduler.call_later(delay, due)

    @property
    def idle(self) -> bool:
        """Whether it could leave memory: nobody is here or knocks, nothing runs, all is kept."""
        if self.roster.online() or self.join_requests or self.run is not None:
            return False
        settled = self.context.store.settled(self.key)
        return settled.done and settled.error is None

    # --- keeping ----------------------------------------------------------------------------------

    def touch(self) -> float:
        """Somebody did something here; returns the time of day."""
        self.used_at = self.context.scheduler.monotonic()
        now = self.context.scheduler.now()
        self.context.store.touch(self.key, now)
        return now

    def save(self, **changes: Any) -> Commit:
        self.row = replace(self.row, active_at=self.touch(), **changes)
        if "run_policy" in changes:
            self._update_permissions()
        return self.context.store.save_session(self.row)

    def save_participant(self, person: Participant, **changes: Any) -> Commit:
        person.row = replace(person.row, **changes)
        return self.context.store.save_participant(self.key, person.row)

    def change_roles(self, step: rules.Transition) -> None:
        """Take one step of the rules, by compare-and-set; tells the roster and who got the pen or
        the seat."""
        while True:
            old = self.roles
            new = step(old)
            if new == old:
                return
            new = rules.with_pen_since(old, new, self.context.scheduler.now())
            new = replace(new, version=old.version + 1)
            if self.context.store.swap_roles(self.key, old, new):
                break
            stored = self.context.store.load(self.key)
            if stored is None:
                raise UnknownSession("This session has ended.")
            self.roles = stored.roles
        self.roles = new
        self._update_permissions()
        self._roles_changed(old, new)

    def _roles_changed(self, old: Roles, new: Roles) -> None:
        self.rotation.roles_changed(old, new)
        self.roster_changed()
        for person in self.roster:
            if person.row.wants_write is not None and person.may(Action.WRITE):
                self.save_participant(person, wants_write=None)
        if old.acting != new.acting:
            self._news["acting"] = new.acting
        if old.version == 0:
            return  # the founder's seat and pen go without saying
        host, writer = self.roster.get(new.host_id), self.roster.get(new.pen_id)
        if host is not None and new.host_id != old.host_id:
            self.system_message(
                f"{host.name} is {'acting ' if new.acting else 'now the '}host", host
            )
        if writer is not None and new.pen_id != old.pen_id and new.write_mode is WriteMode.HANDOFF:
            self.system_message(f"{writer.name} has the pen", writer)

    # --- permissions ------------------------------------------------------------------------------

    def _update_permissions(self) -> None:
        """Call it whenever something has changed on which they depend."""
        roles, run_policy = self.roles, self.row.run_policy
        for person in self.roster:
            person.permissions = permissions(person.row, roles, run_policy)
        self._permissions_due = True

    def add_participant(self, person: Participant) -> None:
        self.roster.add(person)
        self.update_permissions_of(person)

    def update_permissions_of(self, person: Participant) -> None:
        person.permissions = permissions(person.row, self.roles, self.row.run_policy)

    def send_permissions(self) -> None:
        """Tell everybody whose permissions have changed what they may do now, and nobody else."""
        self._permissions_due = False
        news: dict[tuple[Action, ...], list[str]] = {}
        for connection in self.roster.connections:
            may = connection.person.permissions.view
            if connection.told_may != may:
                connection.told_may = may
                news.setdefault(may, []).append(connection.sid)
        for may, sids in news.items():
            self.emit(SESSION_UPDATE, SessionUpdate(may=may), to=sids)

    def sids_that_may(self, action: Action, *, but: Participant | None = None) -> list[str]:
        """The connections of all who are here and may do this."""
        able = [each for each in self.roster if each.may(action) and each is not but]
        return [sid for each in able for sid in each.connections]

    # --- asking -----------------------------------------------------------------------------------

    def is_host(self, person: Participant) -> bool:
        return self.roles.host_id == person.id

    @property
    def host(self) -> Participant | None:
        return self.roster.get(self.roles.host_id)

    @property
    def pen_holder(self) -> Participant | None:
        """Who has the pen, in `handoff` mode."""
        if self.roles.write_mode is WriteMode.OPEN:
            return None
        return self.roster.get(self.roles.pen_id)

    @property
    def online_count(self) -> int:
        return len(self.roster.online())

    def participant(self, participant_id: str) -> Participant:
        """Raises `UnknownParticipant` where nobody here has this ID."""
        found = self.roster.get(participant_id)
        if found is None:
            raise UnknownParticipant("Nobody in this session has this participant ID.")
        return found

    # --- telling ----------------------------------------------------------------------------------

    def system_message(
        self, text: str, about: Participant | None = None, *, unless: Participant | None = None
    ) -> None:
        """Write a system line into the chat; `unless` learns of it in another way."""
        author = None if about is None else (about.id, about.name)
        self.add_message(text, author, system=True, skip=unless)

    def add_message(
        self,
        text: str,
        author: tuple[str, str] | None,
        *,
        system: bool = False,
        skip: Participant | None = None,
    ) -> Commit:
        row = self.chat.add(author=author, message=text, at=self.touch(), system=system)
        commit = self.context.store.append_message(self.key, row, self.chat.cap)
        self.emit(CHAT_MESSAGE, message_view(row), to=self.room, skip=skip)
        return commit

    def roster_changed(self) -> None:
        """Have the roster told: soon, or for a large one within its window."""
        self.rotation.refresh()
        self._roster_due = True
        self.broadcast_soon()

    def broadcast_soon(self) -> None:
        """Have told what has changed of the roster and, after that, of the turns."""
        if self._broadcast_due:
            return
        self._broadcast_due = True
        delay = 0.0 if len(self.roster.listed(self.roles)) <= _ROSTER_AT_ONCE else _ROSTER_WINDOW
        self.call_later(delay, self._broadcast_changes)

    def send_roster(self, sid: str) -> None:
        """Have a newcomer told before all else who is here, and the others soon."""
        self.rotation.refresh()
        if len(self.roster.listed(self.roles)) <= _ROSTER_AT_ONCE:
            self._roster_due = True
            self._broadcast_roster()
        else:
            self.emit(PARTICIPANTS_UPDATE, self.roster.view(self.roles), to=sid)
            self.roster_changed()

    def _broadcast_changes(self) -> None:
        self._broadcast_due = False
        self._broadcast_roster()
        news, self._news = self._news, {}
        if news:
            self.emit(SESSION_UPDATE, news, to=self.room)
        self.rotation.broadcast()

    def _broadcast_roster(self) -> None:
        if self._permissions_due:
            self.send_permissions()
        if self._roster_due:
            self._roster_due = False
            self.emit(PARTICIPANTS_UPDATE, self.roster.view(self.roles), to=self.room)
